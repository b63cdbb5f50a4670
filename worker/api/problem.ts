/** Errors as RFC 9457 problem documents: the one place that maps a code to an HTTP status. */
import { AppError, type ErrorCode } from '#core/errors';

interface ProblemKind {
  status: number;
  title: string;
}

const KINDS: Readonly<Record<ErrorCode, ProblemKind>> = {
  invalid_input: { status: 400, title: 'Invalid input' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  mfa_required: { status: 403, title: 'Second factor needed' },
  bad_signature: { status: 401, title: 'Bad signature' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  unsupported_media: { status: 415, title: 'Unsupported content type' },
  conflict: { status: 409, title: 'Conflict' },
  stale: { status: 409, title: 'Changed meanwhile' },
  too_large: { status: 413, title: 'Too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  internal: { status: 500, title: 'Internal error' },
};

/** HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return KINDS[code].status;
}

/**
 * `application/problem+json` with a stable `code` and the request's id. What is not an AppError is a defect of ours:
 * its message stays in the log and the caller is told nothing of it.
 */
export function problemResponse(error: unknown, requestId: string): Response {
  const known = error instanceof AppError ? error : new AppError('internal', 'Something went wrong on our side');
  const kind = KINDS[known.code];
  const headers = new Headers({ 'content-type': 'application/problem+json', 'x-request-id': requestId, 'cache-control': 'no-store' });
  if (known.retryAfterSeconds !== undefined) headers.set('retry-after', String(known.retryAfterSeconds));
  const body = {
    type: 'about:blank',
    title: kind.title,
    status: kind.status,
    detail: known.publicMessage,
    code: known.code,
    requestId,
    ...(known.errors.length > 0 ? { errors: known.errors } : {}),
  };
  return new Response(JSON.stringify(body), { status: kind.status, headers });
}
