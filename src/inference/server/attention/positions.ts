import { positionEncodings } from '../../../core/attention/capture/positions.ts';
import { readPositionTable } from '../../../core/onnx/positionTable.ts';
import type { Answers } from './answers.ts';
import type { ExperimentParts } from './experiments.ts';

/** How a model's positions are encoded; of an encoder-decoder in two files, those of the encoder. */
export function positionAnswers({
  data,
  sessions,
}: Pick<ExperimentParts, 'data' | 'sessions'>): Pick<Answers, 'positions'> {
  const { file, encoder } = data.weights;
  return {
    async positions(_, { limit }) {
      return positionEncodings(await sessions.describe(), limit, () => readPositionTable(encoder ?? file));
    },
  };
}
