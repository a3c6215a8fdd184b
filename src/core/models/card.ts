import { parseDocument } from 'yaml';
import { isJsonObject, type JsonObject } from './jsonFile.ts';

/** What a model card's front matter says, as far as Loupe uses it. */
export interface ModelCard {
  /** ISO 639 codes in lower case, without region; empty when the card names none or says `multilingual`. */
  readonly languages: readonly string[];
  readonly licence: string | undefined;
  readonly tags: readonly string[];
  readonly datasets: readonly string[];
  /** A pipeline name, e.g. `text-classification`. */
  readonly pipelineTag: string | undefined;
}

export const emptyCard: ModelCard = {
  languages: [],
  licence: undefined,
  tags: [],
  datasets: [],
  pipelineTag: undefined,
};

const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/**
 * Reads the YAML front matter of a model card (https://huggingface.co/docs/hub/model-cards#model-card-metadata).
 * A card without front matter, or with one that is no YAML, says nothing: cards are written by hand and a model
 * with a careless card still runs.
 */
export function parseCard(text: string): ModelCard {
  const source = frontMatter.exec(text)?.[1];
  if (source === undefined) return emptyCard;
  // YAML 1.2, so that `language: no` (Norwegian) stays a text.
  const document = parseDocument(source, { version: '1.2', strict: false, logLevel: 'silent' });
  if (document.errors.length > 0) return emptyCard;
  const data = toObject(document);
  return {
    languages: languagesOf(data['language']),
    licence: licenceOf(data),
    tags: textsOf(data['tags']),
    datasets: textsOf(data['datasets']),
    pipelineTag: textsOf(data['pipeline_tag'])[0],
  };
}

function toObject(document: ReturnType<typeof parseDocument>): JsonObject {
  try {
    const data: unknown = document.toJS();
    return isJsonObject(data) ? data : {};
  } catch (error) {
    // Too many aliases: a card made to exhaust memory says nothing.
    if (error instanceof ReferenceError) return {};
    throw error;
  }
}

function licenceOf(data: JsonObject): string | undefined {
  const licences = textsOf(data['license']);
  const named = textsOf(data['license_name'])[0];
  if (licences.length === 1 && licences[0] === 'other' && named !== undefined) return named;
  return licences.length === 0 ? undefined : licences.join(', ');
}

function languagesOf(value: unknown): readonly string[] {
  const codes = textsOf(value).map((text) => text.toLowerCase().split(/[-_]/)[0] ?? '');
  if (codes.includes('multilingual')) return [];
  return [...new Set(codes.filter((code) => /^[a-z]{2,3}$/.test(code)))];
}

function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}
