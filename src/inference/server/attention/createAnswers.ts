import type { Answers } from './answers.ts';
import { mapAnswers } from './answers.ts';
import type { ExperimentParts } from './experiments.ts';
import { experimentAnswers } from './experiments.ts';
import { exportAnswers } from './exports.ts';
import { positionAnswers } from './positions.ts';

/** Answers to all queries about one model. */
export function createAnswers(parts: ExperimentParts): Answers {
  const maps = mapAnswers(parts);
  return {
    ...maps,
    ...experimentAnswers(parts),
    ...positionAnswers(parts),
    ...exportAnswers({ ...parts, answers: maps }),
  };
}
