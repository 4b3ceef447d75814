/**
 * What can go wrong, in the closed vocabulary every face of Vigil speaks.
 * An expected failure travels as a `Failure`; anything else that is thrown is a bug and becomes `internal`.
 */
export const failureCodes = [
  'bad-input',
  'not-found',
  'refused',
  'conflict',
  'unreachable',
  'timeout',
  'cancelled',
  'internal',
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** The shape of an error on every wire and in `--json`: `{ error: Failure }`. */
export interface Failure {
  readonly code: FailureCode;
  /** One sentence a person can act on. */
  readonly message: string;
  /** The input field at fault, as its dotted path (`memoryMib`, `forwards.0.host`). */
  readonly field?: string;
  /** What to do next, or the candidates of an ambiguous name. */
  readonly hint?: string;
}

export interface FailureDetail {
  readonly field?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** An expected failure on its way to the person who asked. The cause stays on this side of the wire. */
export class VigilError extends Error {
  readonly code: FailureCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(code: FailureCode, message: string, detail: FailureDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'VigilError';
    this.code = code;
    this.field = detail.field;
    this.hint = detail.hint;
  }
}

/** The wire form of anything thrown. An unknown error keeps its text, so that a bug can be reported. */
export function failureOf(error: unknown): Failure {
  if (error instanceof VigilError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  return { code: 'internal', message: `Vigil made a mistake: ${textOf(error)}` };
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    // Anything can be thrown, also things that have no text.
    return 'something that is no error was thrown';
  }
}

/** A failure received from another process, as an error that can be thrown again on this side. */
export function errorOf(failure: Failure): VigilError {
  return new VigilError(failure.code, failure.message, { field: failure.field, hint: failure.hint });
}
