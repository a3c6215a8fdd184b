import { publicReference } from '../../../shared/modelName.ts';
import { textsOf } from '../../../shared/attentionWords.ts';
import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { Fact } from './figure.ts';
import type { FigureInput } from './figureInput.ts';

/** What a figure carries about itself: model, layer, head, text. */
export function factsOf({ overview, source }: FigureInput, spec: FigureSpec): readonly Fact[] {
  const { model, windows } = overview;
  const window = windows[source.window];
  const text = textsOf(source).at(-1) ?? '';
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['model', publicReference(model.reference)],
    ['architecture', model.architecture],
    ['task', model.task],
    ['precision', model.precision],
    ['view', spec.view],
    ...placeFacts(spec),
    ['text', window === undefined ? text : text.slice(window.start, window.end)],
    ['question', source.question],
    ['target', source.target],
    ['window', windows.length > 1 ? `${source.window} of ${windows.length}` : undefined],
    ['prediction', overview.prediction?.text],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: String(value) }]));
}

function placeFacts(spec: FigureSpec): readonly (readonly [string, string | number | undefined])[] {
  switch (spec.view) {
    case 'overview':
      return [['stack', spec.stack]];
    case 'links':
      return [
        ['stack', spec.stack],
        ['layer', spec.layer],
        ['heads', spec.heads.join(' ')],
        ['token', spec.token],
      ];
    case 'matrix':
      return headFacts(spec);
    case 'text':
      return [...headFacts(spec), ['token', spec.token], ['direction', spec.direction]];
  }
}

function headFacts({
  at,
}: Extract<FigureSpec, { at: unknown }>): readonly (readonly [string, string | number])[] {
  return [
    ['stack', at.stack],
    ['layer', at.layer],
    ['head', at.head],
  ];
}
