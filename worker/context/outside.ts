/**
 * The way out to the internet: https only, public addresses only, nobody waited for longer than said.
 *
 * What a name resolves to is asked of a public resolver before the call. A Worker cannot pin the connection to the
 * address that it was told, so a name that changes within the same second could still lead elsewhere; on Cloudflare
 * the edge itself reaches no private network, which closes that gap. On one machine it does not: there the public resolver
 * is asked as well, so a name of the local network is refused like one of nothing (decision 0035). Each redirect is judged anew.
 */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { isIpHost, isPublicAddress, whyNotPublic } from '#core/net/public-address';
import type { OutsidePort, OutsideRequest } from '#worker/ports';

const TIMEOUT_SECONDS = 30;
const MOST_REDIRECTS = 5;
/** Headers that may go along to another origin: the others can hold keys. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent', 'range', 'content-type']);
const USER_AGENT = 'Perennial/1.0';

/** All addresses of a name; empty when it has none. */
export type Resolver = (host: string) => Promise<string[]>;

export interface OutsideOptions {
  /** Public origin to the local one that answers for it. */
  origins: ReadonlyMap<string, string>;
  /** Null where no resolver can be reached. */
  resolve: Resolver | null;
  fetch?: typeof fetch;
}

export function makeOutside(options: OutsideOptions): OutsidePort {
  const call = options.fetch ?? ((input: string | URL | Request, init?: RequestInit) => fetch(input, init));

  const send = async (url: URL, request: OutsideRequest): Promise<Response> => {
    const local = options.origins.get(url.origin);
    if (local === undefined) await refuseInside(url, options.resolve);
    const target = local === undefined ? url.href : `${local}${url.pathname}${url.search}`;
    const patience = new Patience(request.timeoutSeconds ?? TIMEOUT_SECONDS);
    try {
      const response = await call(target, {
        method: request.method ?? 'GET', headers: { 'user-agent': USER_AGENT, ...request.headers }, redirect: 'manual', signal: patience.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      patience.rest();
      return withPatience(response, patience);
    } catch (cause) {
      patience.rest();
      throw new AppError('unavailable', `${url.host} ${patience.spent ? 'did not answer in time' : 'could not be reached'}`, { cause });
    }
  };

  return {
    async fetch(address, first = {}) {
      let url = parseUrl(address);
      let request = first;
      for (let hops = 0; ; hops++) {
        const response = await send(url, request);
        const location = response.headers.get('location');
        if (request.redirect === 'manual' || location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
        await response.body?.cancel();
        if (hops === MOST_REDIRECTS) throw new AppError('unavailable', `${url.host} sends us from one address to the next without end`);
        const next = parseUrl(location, url);
        request = redirected(request, response.status, next.origin === url.origin);
        url = next;
      }
    },
  };
}

/** Where a browser on this machine finds a public address: there, unless a local server stands in for it. */
export function browserAddress(origins: ReadonlyMap<string, string>, address: string): string {
  const url = new URL(address);
  const local = origins.get(url.origin);
  return local === undefined ? url.href : `${local}${url.pathname}${url.search}`;
}

/** The request as a browser would send it to the next address; keys stay with the origin that they were meant for. */
function redirected(request: OutsideRequest, status: number, sameOrigin: boolean): OutsideRequest {
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).filter(([name]) => sameOrigin || PLAIN_HEADERS.has(name.toLowerCase())));
  const method = request.method ?? 'GET';
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  const { body, ...rest } = request;
  if (becomesGet) return { ...rest, method: 'GET', headers };
  // Another origin gets no body either: it was written for the first.
  if (body !== undefined && !sameOrigin) throw new AppError('unavailable', 'We were sent on to another address, and what we wrote was not meant for it');
  return { ...request, headers };
}

function parseUrl(address: string, base?: URL): URL {
  try {
    return new URL(address, base);
  } catch (cause) {
    throw new AppError('invalid_input', `"${address.slice(0, 100)}" is not an address`, { cause });
  }
}

async function refuseInside(url: URL, resolve: Resolver | null): Promise<void> {
  const why = whyNotPublic(url);
  if (why !== null) throw new AppError('invalid_input', `${url.host}: ${why}`);
  if (resolve === null || isIpHost(url.hostname)) return;
  const addresses = await resolve(url.hostname.replace(/\.$/, ''));
  if (addresses.length === 0) throw new AppError('unavailable', `There is no address under the name ${url.hostname}`);
  if (!addresses.every(isPublicAddress)) throw new AppError('invalid_input', `${url.host}: The address leads into a private network`);
}

/** Aborts when nothing came for too long; `rest` stops the clock while nobody waits. */
class Patience {
  private readonly controller = new AbortController();
  private readonly seconds: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  spent = false;

  constructor(seconds: number) {
    this.seconds = seconds;
    this.begin();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    this.timer = setTimeout(() => {
      this.spent = true;
      this.controller.abort();
    }, this.seconds * 1000);
  }

  rest(): void {
    clearTimeout(this.timer);
  }
}

/** The same answer, whose body fails as unavailable when it stops half-way. */
function withPatience(response: Response, patience: Patience): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      patience.begin();
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        controller.error(new AppError('unavailable', 'The answer broke off', { cause }));
      } finally {
        patience.rest();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  // The runtime has decoded the body already; left in place, these two would say otherwise.
  const headers = new Headers(response.headers);
  if (headers.has('content-encoding')) {
    headers.delete('content-encoding');
    headers.delete('content-length');
  }
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

const dnsAnswer = z.object({ Status: z.number(), Answer: z.array(z.object({ type: z.number(), data: z.string() })).optional() });
/** Record types A and AAAA; others, such as CNAME, are steps on the way. */
const ADDRESS_TYPES: ReadonlySet<number> = new Set([1, 28]);
const RESOLVER = 'https://cloudflare-dns.com/dns-query';

/** Asks a public resolver over https (RFC 8484's JSON form). */
export function publicResolver(call: typeof fetch = (input, init) => fetch(input, init)): Resolver {
  const ask = async (host: string, type: 'A' | 'AAAA'): Promise<string[]> => {
    try {
      const response = await call(`${RESOLVER}?name=${encodeURIComponent(host)}&type=${type}`, {
        headers: { accept: 'application/dns-json' }, signal: AbortSignal.timeout(5_000),
      });
      const { Answer: answer = [] } = dnsAnswer.parse(await response.json());
      return answer.filter((entry) => ADDRESS_TYPES.has(entry.type)).map((entry) => entry.data);
    } catch (cause) {
      throw new AppError('unavailable', `The name ${host} could not be looked up now`, { cause });
    }
  };
  return async (host) => (await Promise.all([ask(host, 'A'), ask(host, 'AAAA')])).flat();
}
