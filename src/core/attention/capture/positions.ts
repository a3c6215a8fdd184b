import type { PositionEncodings } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import { isJsonObject, type JsonObject } from '../../models/jsonFile.ts';
import { unreachablePositions } from '../../models/maxTokens.ts';
import type { PositionTable } from '../../onnx/positionTable.ts';
import type { AttentionModel } from './model.ts';
import { firstNumber } from './model.ts';

type Encodings = Omit<PositionEncodings, 'similarity'>;

/** Architectures whose tables hold fixed sines and cosines (transformers, `*SinusoidalPositionalEmbedding`). */
const sinusoidal: ReadonlySet<string> = new Set([
  'fsmt',
  'm2m_100',
  'marian',
  'nllb-moe',
  'pegasus',
  'pegasus_x',
]);
/** Architectures that encode no positions: attention falls with distance (ALiBi, Press et al. 2022). */
const alibi: ReadonlySet<string> = new Set(['bloom', 'mpt']);

/**
 * The first `limit` position encodings of a model: rotary ones and ALiBi as config.json names them, else the graph's
 * table, else sines and cosines where the architecture is known to use them.
 * Rejects with `attention-positions-missing`, and as `readTable` does.
 */
export async function positionEncodings(
  model: AttentionModel,
  limit: number,
  readTable: () => Promise<PositionTable | undefined>,
): Promise<PositionEncodings> {
  const encodings = await encodingsOf(model, limit, readTable);
  return { ...encodings, similarity: similarityOf(encodings) };
}

async function encodingsOf(
  model: AttentionModel,
  limit: number,
  readTable: () => Promise<PositionTable | undefined>,
): Promise<Encodings> {
  const { config, description } = model;
  const { architecture, reference, maxTokens } = description;
  const positions = Math.max(1, Math.min(limit, maxTokens));
  const theta = ropeTheta(config);
  if (theta !== undefined) return rotary(config, theta, positions, reference);
  if (alibi.has(architecture))
    return {
      kind: 'none',
      positions: 0,
      width: 0,
      values: new Float32Array(0),
      origin: 'ALiBi: weights fall with distance',
    };
  const isSinusoidal = sinusoidal.has(architecture) || config['sinusoidal_pos_embds'] === true;
  const table = await readTable();
  if (table) return fromTable(table, config, positions, isSinusoidal);
  const width = firstNumber(config, ['d_model', 'dim', 'hidden_size']);
  if (isSinusoidal && width !== undefined) return sines(positions, width);
  const relative = firstNumber(config, ['relative_attention_num_buckets']) !== undefined;
  throw new LoupeError('attention-positions-missing', {
    model: reference,
    reason: relative
      ? 'they are relative, and its graph has no table of them'
      : 'its graph has no table of positions, and config.json names no other kind',
  });
}

/** The base of rotary positions by the names that architectures give it; a default only where rotary ones are named. */
function ropeTheta(config: JsonObject): number | undefined {
  const own = firstNumber(config, ['rope_theta', 'rotary_emb_base']);
  if (own !== undefined) return own;
  const parameters = config['rope_parameters'];
  const nested = isJsonObject(parameters) ? firstNumber(parameters, ['rope_theta']) : undefined;
  if (nested !== undefined) return nested;
  return isJsonObject(parameters) || config['position_embedding_type'] === 'rotary' ? 10_000 : undefined;
}

/**
 * Rotary encodings (Su et al. 2021, arXiv:2104.09864) as cosines and then sines of position x base^(-2i / width): the
 * cosine of two rows is how much a query and a key of equal content agree at that distance. Scaling for longer texts is
 * left out.
 */
function rotary(config: JsonObject, theta: number, positions: number, model: string): Encodings {
  const hidden = firstNumber(config, ['hidden_size', 'n_embd', 'd_model']);
  const heads = firstNumber(config, ['num_attention_heads', 'n_head']);
  const head =
    firstNumber(config, ['head_dim']) ??
    (hidden !== undefined && heads !== undefined ? hidden / heads : undefined);
  if (head === undefined)
    throw new LoupeError('attention-positions-missing', {
      model,
      reason: 'config.json does not tell the size of a head',
    });
  const share = firstNumber(config, ['partial_rotary_factor', 'rotary_pct']) ?? 1;
  const half = Math.floor((head * share) / 2);
  const values = new Float32Array(positions * half * 2);
  for (let position = 0; position < positions; position++)
    for (let i = 0; i < half; i++) {
      const angle = position * theta ** (-i / half);
      values[position * half * 2 + i] = Math.cos(angle);
      values[position * half * 2 + half + i] = Math.sin(angle);
    }
  const origin = `rotary, base ${theta}: cosines, then sines of each frequency`;
  return { kind: 'rotary', positions, width: 2 * half, values, origin };
}

/** Vaswani et al. 2017 (arXiv:1706.03762), section 3.5: sines in even columns, cosines in odd ones. */
function sines(positions: number, width: number): Encodings {
  const values = new Float32Array(positions * width);
  for (let position = 0; position < positions; position++)
    for (let column = 0; column < width; column++) {
      const angle = position / 10_000 ** ((2 * Math.floor(column / 2)) / width);
      values[position * width + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return {
    kind: 'sinusoidal',
    positions,
    width,
    values,
    origin: 'computed: Vaswani et al. 2017, section 3.5',
  };
}

/** The rows that tokens reach: some architectures leave out the first (RoBERTa: padding + 1; BART: two). */
function fromTable(
  table: PositionTable,
  config: JsonObject,
  limit: number,
  isSinusoidal: boolean,
): Encodings {
  const declared = firstNumber(config, ['max_position_embeddings', 'n_positions']) ?? table.positions;
  const first = unreachablePositions(config) + Math.max(0, table.positions - declared);
  const positions = Math.max(0, Math.min(limit, table.positions - first));
  const { width } = table;
  return {
    kind: isSinusoidal ? 'sinusoidal' : 'learned',
    positions,
    width,
    values: table.values.slice(first * width, (first + positions) * width),
    origin: table.name,
  };
}

/** Cosine of every pair of rows. */
function similarityOf({ positions, width, values }: Encodings): Float32Array {
  const unit = new Float32Array(values.length);
  for (let position = 0; position < positions; position++) {
    const row = values.subarray(position * width, (position + 1) * width);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let column = 0; column < width; column++)
      unit[position * width + column] = (row[column] ?? 0) / norm;
  }
  const similarity = new Float32Array(positions * positions);
  for (let a = 0; a < positions; a++)
    for (let b = a; b < positions; b++) {
      let sum = 0;
      for (let column = 0; column < width; column++)
        sum += (unit[a * width + column] as number) * (unit[b * width + column] as number);
      similarity[a * positions + b] = similarity[b * positions + a] = sum;
    }
  return similarity;
}
