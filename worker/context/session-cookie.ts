/** The cookies of a browser session and of the step before it: how they are written, read and taken back. */

const NAME = 'perennial_session';
/** Carries a right password on to the page that asks for the code. */
const CODE_NAME = 'perennial_code_step';

/** What a browser keeps while it is away at a provider. */
const ATTEMPT_NAME = 'perennial_oauth';
/** An identity that waits for the name of its company, or for a code. */
const WAITING_NAME = 'perennial_identity';

/** Null when the request brings none. */
export function readSessionCookie(request: Request): string | null {
  return readCookie(request, NAME);
}

/** Null when the request brings none. */
export function readCodeCookie(request: Request): string | null {
  return readCookie(request, CODE_NAME);
}

/** Null when the request brings none. */
export function readAttemptCookie(request: Request): string | null {
  return readCookie(request, ATTEMPT_NAME);
}

/** Null when the request brings none. */
export function readWaitingCookie(request: Request): string | null {
  return readCookie(request, WAITING_NAME);
}

function readCookie(request: Request, wanted: string): string | null {
  const header = request.headers.get('cookie') ?? '';
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === wanted && value !== undefined && value !== '') return value;
  }
  return null;
}

/** `Set-Cookie` for a new session. Browsers keep Secure cookies from plain http, which this machine speaks. */
export function sessionCookie(request: Request, token: string, expiresAt: Date): string {
  return attributes(request, `${NAME}=${token}; Expires=${expiresAt.toUTCString()}`);
}

/** `Set-Cookie` that ends it in the browser. */
export function clearedSessionCookie(request: Request): string {
  return attributes(request, `${NAME}=; Max-Age=0`);
}

export function codeCookie(request: Request, token: string, seconds: number): string {
  return attributes(request, `${CODE_NAME}=${token}; Max-Age=${String(seconds)}`);
}

export function clearedCodeCookie(request: Request): string {
  return attributes(request, `${CODE_NAME}=; Max-Age=0`);
}

export function attemptCookie(request: Request, token: string, seconds: number): string {
  return attributes(request, `${ATTEMPT_NAME}=${token}; Max-Age=${String(seconds)}`);
}

export function clearedAttemptCookie(request: Request): string {
  return attributes(request, `${ATTEMPT_NAME}=; Max-Age=0`);
}

export function waitingCookie(request: Request, token: string, seconds: number): string {
  return attributes(request, `${WAITING_NAME}=${token}; Max-Age=${String(seconds)}`);
}

export function clearedWaitingCookie(request: Request): string {
  return attributes(request, `${WAITING_NAME}=; Max-Age=0`);
}

function attributes(request: Request, start: string): string {
  const { protocol, hostname } = new URL(request.url);
  const plain = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return `${start}; Path=/; HttpOnly; SameSite=Lax${plain ? '' : '; Secure'}`;
}

/**
 * Whether a request that carries the cookie was made by one of our own pages: it says so in a header no form can set,
 * or the browser says that it comes from the same origin.
 */
export function isSameOrigin(request: Request): boolean {
  if (request.headers.get('x-requested-with')?.toLowerCase() === 'perennial') return true;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  return request.headers.get('origin') === new URL(request.url).origin;
}
