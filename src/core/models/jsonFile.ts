import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { LoupeError } from '../../shared/errors.ts';
import { readTextFile } from './files.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON file whose top level is an object. Undefined when there is no such file.
 *
 * Throws LoupeError `model-file-invalid`, with line and column (both from 1) of the first mistake.
 */
export async function readJsonObject(file: string): Promise<JsonObject | undefined> {
  const text = await readTextFile(file);
  return text === undefined ? undefined : parseJsonObject(text, file);
}

/** Parses the text of `file`, which is only named in errors. */
export function parseJsonObject(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LoupeError('model-file-invalid', { file, reason: mistakeIn(text, error) }, { cause: error });
  }
  if (!isJsonObject(value))
    throw new LoupeError('model-file-invalid', { file, reason: 'it holds no JSON object' });
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The wording of V8's own message changes between versions and often lacks the line, so the place is found anew. */
function mistakeIn(text: string, thrown: unknown): string {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  if (first === undefined) return thrown instanceof Error ? thrown.message : String(thrown);
  const before = text.slice(0, first.offset);
  const line = before.split('\n').length;
  const column = first.offset - (before.lastIndexOf('\n') + 1) + 1;
  return `line ${line}, column ${column}: ${printParseErrorCode(first.error)}`;
}
