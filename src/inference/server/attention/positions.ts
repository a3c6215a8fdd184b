import { positionEncodings } from '../../../core/attention/capturePositions.ts';
import type { Answers } from './answers.ts';
import type { ModelSessions } from './modelSessions.ts';

/** What a model's positions are encoded as; of an encoder-decoder, those of the encoder. */
export function positionAnswers(sessions: ModelSessions): Pick<Answers, 'positions'> {
  return {
    async positions(_, { limit }) {
      return positionEncodings(await sessions.describe(), limit, () => Promise.resolve(undefined));
    },
  };
}
