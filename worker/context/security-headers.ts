/** What every answer tells browsers: what it may load, who may frame, read, keep or sniff it. The first word of a route wins. */

/** Of answers that are no page: nothing is loaded, submitted or framed. */
export const CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TWO_YEARS_SECONDS = 63_072_000;
const DEFAULTS: readonly (readonly [name: string, value: string])[] = [
  ['content-security-policy', CLOSED_POLICY],
  ['strict-transport-security', `max-age=${String(TWO_YEARS_SECONDS)}; includeSubDomains`],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['permissions-policy', 'accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];

/** Adds what the answer does not say itself; an upgraded socket's answer cannot be changed any more. */
export function protect(answer: Response): void {
  if (answer.status === 101) return;
  for (const [name, value] of DEFAULTS) if (!answer.headers.has(name)) answer.headers.set(name, value);
}

export interface PagePolicy {
  /** Of this answer alone: inline scripts and style elements without it are refused, and style attributes always. */
  nonce: string;
  /** The address of the page, whose host the live socket is on. */
  url: string;
  /** Origins a form of ours may lead to besides us: without scripts, linking a provider of identities goes there at once. */
  submitsTo?: readonly string[];
  /** Origins whose pages may show this one in a frame; none by default. */
  framedBy?: readonly string[];
}

/** The policy of a page: everything from us, and no inline style or script that we did not name. */
export function pagePolicy({ nonce, url, submitsTo = [], framedBy = [] }: PagePolicy): string {
  const { protocol, host } = new URL(url);
  return [
    "default-src 'self'", `script-src 'self' 'nonce-${nonce}'`, "script-src-attr 'none'", `style-src 'self' 'nonce-${nonce}'`, "img-src 'self' data:",
    // Older browsers do not count a socket to the same host as 'self'.
    `connect-src 'self' ${protocol === 'https:' ? 'wss' : 'ws'}://${host}`,
    "object-src 'none'", "base-uri 'none'", ["form-action 'self'", ...submitsTo].join(' '), "frame-src 'none'", "worker-src 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(' ')}`,
  ].join('; ');
}

/** 128 random bits, base64. */
export function makeNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
