import type { ErrorCode, LoupeError } from '../shared/errors.ts';

/** Errors whose usual words speak of the editor. */
const own: Partial<Record<ErrorCode, (error: LoupeError) => string>> = {
  'text-empty': () => 'There is no text in this input.',
  'text-too-long': ({ details }) =>
    `This input is ${String(details['length'])} long; Loupe takes at most ${String(details['limit'])} characters at once.`,
  'question-empty': () => 'There is no question: --question "Who wrote this?"',
  'inference-gave-up': ({ details }) =>
    `The inference process ended ${String(details['restarts'])} times in a row (${String(details['reason'])}). LOUPE_DEBUG=1 shows its log; "loupe doctor" examines this machine.`,
};

/** An error's message in the terminal. */
export function errorMessage(error: LoupeError): string {
  return own[error.code]?.(error) ?? error.message;
}
