/** Events from browsers, by write key: no session, no preflight for a plain-text body, answers only to the source's own pages. */
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { acceptPublicEvents } from '#operations/accept-public';
import { findPublicSource } from '#operations/event-sources';
import type { PublicSource } from '#operations/visitor';
import type { Edge } from '#worker/context/edge';
import { noteGuess, refuseGuesser, takeEvents } from '#worker/context/limits';
import { parseJson, readText } from '#worker/context/read-json';
import type { ApiEnv } from './api-env.ts';

/** A beacon holds 64 kB; servers of a site may gather more. */
const MAX_BODY_BYTES = 1_000_000;
const PREFLIGHT_SECONDS = 86_400;

const envelope = z.strictObject({ key: z.string().max(200).optional(), sentAt: z.string().max(40).optional(), events: z.array(z.unknown()) });

/** In front of the gate, on the address of events: takes what comes with a write key, and leaves all else to the gate. */
export const publicEvents = createMiddleware<ApiEnv>(async (c, next) => {
  const request = c.req.raw;
  const edge = c.get('edge');
  const keyOfAddress = c.req.query('key');
  if (request.method === 'OPTIONS') {
    const source = await requireSource(edge, request, keyOfAddress ?? '');
    return new Response(null, {
      status: 204,
      headers: {
        ...corsHeaders(source, request), 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type',
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      },
    });
  }
  const isPlain = c.req.header('authorization') === undefined && (c.req.header('content-type') ?? '').startsWith('text/plain');
  if (request.method !== 'POST' || (keyOfAddress === undefined && !isPlain)) return await next();

  refuseGuesser(edge, request);
  const body = parseBody(await readText(request, MAX_BODY_BYTES));
  const source = await requireSource(edge, request, keyOfAddress ?? body.key ?? '');
  c.set('cors', corsHeaders(source, request));
  await takeEvents(edge, source.sourceId, request);
  return c.json(await acceptPublicEvents(edge.visitor, source, body.events), 202);
});

/** @throws AppError `unauthenticated` for a key that is nobody's, `rate_limited` for an address that tries many. */
async function requireSource(edge: Edge, request: Request, key: string): Promise<PublicSource> {
  refuseGuesser(edge, request);
  const source = await findPublicSource(edge.visitor, key);
  if (source !== null) return source;
  await noteGuess(edge, request);
  throw new AppError('unauthenticated', 'This write key is unknown or switched off; copy it from the Events page');
}

/**
 * A browser says truly which page sends. Whoever says nothing is no browser, and may write only to sources without pages.
 * @throws AppError `forbidden`
 */
function corsHeaders(source: PublicSource, request: Request): Record<string, string> {
  const origin = request.headers.get('origin');
  if (origin === null) {
    if (source.allowedOrigins.length === 0) return {};
    throw new AppError('forbidden', 'This source takes events from the pages of its origins only; servers send with an API key');
  }
  if (!source.allowedOrigins.includes(origin)) {
    throw new AppError('forbidden', `${origin.slice(0, 200)} is not among the origins of this source; add it on the Events page`);
  }
  return { 'access-control-allow-origin': origin, 'cross-origin-resource-policy': 'cross-origin' };
}

/** `{ key?, sentAt?, events }`, an array of events, or one. When `sentAt` stands outside, it is every event's. */
function parseBody(text: string): { key: string | undefined; events: unknown[] } {
  const body = parseJson(text);
  if (Array.isArray(body)) return { key: undefined, events: body };
  const { success, data } = envelope.safeParse(body);
  if (!success) return { key: undefined, events: [body] };
  const { key, sentAt, events } = data;
  return { key, events: sentAt === undefined ? events : events.map((event) => (typeof event === 'object' && event !== null ? { sentAt, ...event } : event)) };
}
