/** The one error type that crosses rooms: a stable code, words for a person, and whether trying again can help. */

/**
 * Stable codes; clients may rely on them. `worker/api/problem.ts` maps each to an HTTP status. `stale`: the books changed
 * while this was prepared from them; nothing was written, and the same made anew succeeds.
 */
export type ErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'mfa_required'
  | 'bad_signature'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_media'
  | 'conflict'
  | 'stale'
  | 'too_large'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

export interface FieldError {
  /** Where: a JSON path (`records[3].amount`), a column or a header. */
  path: string;
  /** What is wrong and how to mend it. */
  message: string;
}

export interface AppErrorOptions {
  cause?: unknown;
  errors?: FieldError[];
  retryAfterSeconds?: number;
  /** Where the message is another program's, such as the database's: what callers are told instead. */
  publicMessage?: string;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['unavailable', 'rate_limited', 'stale']);

/** Shared by every copy of this module: pages and Worker are bundled apart and throw across that seam. */
const BRAND = Symbol.for('perennial.AppError');

export class AppError extends Error {
  /** By brand, not by constructor; a subclass still asks for its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== AppError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && BRAND in value;
  }

  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly errors: FieldError[];
  readonly retryAfterSeconds: number | undefined;
  /** For callers; `message` is for logs and for our own records of what was refused. */
  readonly publicMessage: string;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.publicMessage = code === 'internal' ? 'Something went wrong on our side' : (options.publicMessage ?? message);
  }

  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** Ends a switch over a union: a new member is then a type error here. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
