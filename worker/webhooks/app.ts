/** Webhooks of every platform: raw bytes in, signature checked, written to an inbox, 200 out. Nothing is parsed here. */
import { Hono } from 'hono';
import { AppError } from '#core/errors';
import type { InboundRequest } from '#connectors/connector';
import { connectorFor } from '#connectors/registry';
import { problemResponse } from '#worker/api/problem';
import { LARGEST_BODY_BYTES } from '#operations/large-bodies';
import { INBOX_BODY_BYTES } from '#worker/ports';
import type { AcceptedDelivery, InboxOwner, Log } from '#worker/ports';
import { readLimited } from '#worker/context/read-limited';

/** Asked of the sender when we cannot write: long enough for an object to move, short against every platform's schedule. */
const RETRY_AFTER_SECONDS = 10;

export interface WebhookEndpoint {
  owner: InboxOwner;
  secret: string;
}

export interface WebhookDeps {
  /** Null when there is no such integration or it is off. Must keep answering while Postgres is down (house rules). */
  findEndpoint(platform: string, integrationId: string): Promise<WebhookEndpoint | null>;
  /** Resolves only when the delivery is durably written. A body that no row holds is in `raw` alone. */
  accept(owner: InboxOwner, delivery: AcceptedDelivery, raw: Uint8Array<ArrayBuffer>): Promise<void>;
  /** A platform's greeting came: worth remembering, not worth failing for. */
  greeted(owner: InboxOwner): Promise<void>;
  now(): Date;
  makeId: () => string;
  log: Log;
}

function lowerCaseHeaders(headers: Headers): Record<string, string> {
  const all: Record<string, string> = {};
  // Headers iterates over lower-case names.
  for (const [name, value] of headers) all[name] = value;
  return all;
}

/** @throws AppError `invalid_input` when the bytes are not UTF-8: the body is kept as text, and must come out as it went in. */
function asText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not UTF-8', { cause });
  }
}

const PIECE_BYTES = 1_000_000;

/** As `asText` for a body that is passed on as bytes: read piece by piece, so that it is never held as text as well. */
function requireText(body: Uint8Array): void {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for (let at = 0; at < body.byteLength; at += PIECE_BYTES) decoder.decode(body.subarray(at, at + PIECE_BYTES), { stream: true });
    decoder.decode();
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not UTF-8', { cause });
  }
}

/** What stops us from looking up or writing is ours to mend and the sender's to repeat, unless it says otherwise (too large). */
async function orUnavailable<T>(work: Promise<T>, message: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError && !cause.retryable && cause.code !== 'internal') throw cause;
    throw new AppError('unavailable', message, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

/**
 * Hono app for `POST /webhooks/:platform/:integrationId`.
 *
 * 200 with an empty body once the delivery is durably written, and for a greeting, which is not; 400 when the sender's headers do not name the event;
 * 401 bad signature; 404 unknown platform or integration; 413 over 25 MB; 503 with Retry-After when it could not be
 * written. Errors are `application/problem+json`.
 */
export function webhookApp(deps: WebhookDeps): Hono {
  const app = new Hono();

  app.post('/webhooks/:platform/:integrationId', async (c) => {
    const { platform, integrationId } = c.req.param();
    const connector = connectorFor(platform);
    const endpoint = connector && (await orUnavailable(deps.findEndpoint(platform, integrationId), 'The integration could not be looked up'));
    if (!connector || !endpoint) throw new AppError('not_found', 'There is no such webhook address');

    const body = await readLimited(c.req.raw, LARGEST_BODY_BYTES);
    const request: InboundRequest = { headers: lowerCaseHeaders(c.req.raw.headers), body };
    if (connector.isGreeting?.(request) === true) {
      await deps.greeted(endpoint.owner).catch((error: unknown) => deps.log.warn('webhook.greeting_not_kept', { platform, integrationId, reason: String(error) }));
      return c.body(null, 200);
    }
    if (!(await connector.verify(request, endpoint.secret, deps.now()))) {
      throw new AppError('bad_signature', 'The signature does not match the body; check the signing secret of this integration');
    }
    const envelope = connector.envelope(request, deps.makeId);
    const large = body.byteLength > INBOX_BODY_BYTES;
    if (large) requireText(body);
    const delivery: AcceptedDelivery = { ...envelope, body: large ? '' : asText(body), receivedAt: deps.now().toISOString() };
    await orUnavailable(deps.accept(endpoint.owner, delivery, body), 'The delivery could not be stored');
    return c.body(null, 200);
  });

  app.notFound(() => problemResponse(new AppError('not_found', 'There is no such webhook address; webhooks are sent with POST'), deps.makeId()));

  app.onError((error, c) => {
    const requestId = deps.makeId();
    const { platform, integrationId } = c.req.param();
    const code = error instanceof AppError ? error.code : 'internal';
    const fields = { requestId, platform, integrationId, code, reason: error.message };
    if (code === 'internal' || code === 'unavailable') {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      deps.log.error('webhook.failed', { ...fields, cause });
    } else {
      deps.log.warn('webhook.refused', fields);
    }
    return problemResponse(error, requestId);
  });

  return app;
}
