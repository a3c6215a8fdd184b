import assert from 'node:assert/strict';
import { trimSpan } from '../../src/core/text/trimSpan.ts';
import type { Window } from '../../src/core/text/window.ts';
import type { ClassificationResponse, TokenResponse } from '../../src/shared/taskProtocol.ts';
import type { PythonEntity, PythonScores, PythonWindows } from './python.ts';

const tolerance = 1e-3;

/**
 * Every array of every window must be equal; with `pair` but for the type ids of windows after the first, which
 * tokenizers 0.23 does not take from the post-processor's template (all windows of Loupe have those of the first).
 */
export function compareWindows(
  text: string,
  ours: readonly Window[],
  theirs: PythonWindows,
  { pair = false } = {},
): void {
  const shown = JSON.stringify(text.slice(0, 200));
  assert.equal(ours.length, theirs.length, `windows of ${shown}`);
  ours.forEach((window, w) => {
    for (const part of ['ids', 'typeIds', 'special', 'sequence', 'words', 'offsets'] as const) {
      if (pair && part === 'typeIds' && w > 0) continue;
      assert.deepEqual([...window[part]], theirs[w]![part], `${part} of window ${w} of ${shown}`);
    }
  });
}

/** The best label must be the same for every text, and every label's score within the tolerance. */
export function compareScores(
  texts: readonly string[],
  ours: readonly ClassificationResponse[],
  theirs: readonly PythonScores[],
): void {
  let worst = 0;
  texts.forEach((text, i) => {
    const { label, scores } = ours[i]!.results[0]!;
    const expected = Object.entries(theirs[i]!).sort(([, a], [, b]) => b - a);
    const shown = JSON.stringify(text.slice(0, 200));
    assert.equal(label, expected[0]![0], `label of ${shown}`);
    assert.equal(scores.length, expected.length);
    for (const { label: name, score } of scores) {
      const difference = Math.abs(score - theirs[i]![name]!);
      worst = Math.max(worst, difference);
      assert.ok(difference <= tolerance, `${name} of ${shown}: ${score}, Python says ${theirs[i]![name]}`);
    }
  });
  console.log(`      ${texts.length} texts, largest difference of a score ${worst.toExponential(1)}`);
}

/**
 * Every entity must have the same label, place and (within the tolerance) score. White space at the ends of Python's
 * entities is left out, and entities of nothing else, as Loupe does.
 */
export function compareEntities(
  texts: readonly string[],
  ours: readonly TokenResponse[],
  theirs: readonly (readonly PythonEntity[])[],
): void {
  let worst = 0;
  let count = 0;
  texts.forEach((text, i) => {
    const expected = theirs[i]!.map((entity) => ({
      ...entity,
      ...trimSpan(text, entity.start, entity.end),
    })).filter(({ start, end }) => end > start);
    const found = ours[i]!.results;
    const shown = JSON.stringify(text.slice(0, 200));
    const place = ({ label, start, end }: PythonEntity) => `${label} ${start}-${end}`;
    assert.deepEqual(found.map(place), expected.map(place), `entities of ${shown}`);
    found.forEach(({ score, text: slice, start, end }, e) => {
      assert.equal(slice, text.slice(start, end));
      const difference = Math.abs(score - expected[e]!.score);
      worst = Math.max(worst, difference);
      assert.ok(
        difference <= tolerance,
        `score of ${slice} in ${shown}: ${score}, not ${expected[e]!.score}`,
      );
    });
    count += found.length;
  });
  console.log(
    `      ${count} entities in ${texts.length} texts, largest difference of a score ${worst.toExponential(1)}`,
  );
}
