/** Renders a page as a stream, with the headers that keep foreign scripts and frames out. */
import type { AppLoadContext, EntryContext } from '@remix-run/cloudflare';
import { RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToReadableStream } from 'react-dom/server';
import { providerOrigins } from '#operations/identity-sign-in';
import { NonceContext } from './nonce.ts';

export default async function handleRequest(
  request: Request, status: number, headers: Headers, remixContext: EntryContext, { edge, nonce }: AppLoadContext,
): Promise<Response> {
  let answered = status;
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={remixContext} url={request.url} nonce={nonce} />
    </NonceContext.Provider>,
    {
      nonce,
      signal: request.signal,
      onError(error: unknown) {
        if (request.signal.aborted) return;
        edge.visitor.log.error('page.failed', { path: new URL(request.url).pathname, reason: String(error) });
        answered = 500;
      },
    },
  );
  if (isbot(request.headers.get('user-agent') ?? '')) await body.allReady;

  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set('x-request-id', edge.requestId);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'same-origin');
  headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
  // The development server's own scripts carry no nonce.
  if (import.meta.env.PROD) headers.set('content-security-policy', contentPolicy(nonce, providerOrigins(edge.visitor)));
  return new Response(body, { headers, status: answered });
}

/**
 * Only our own scripts run; inline styles are how charts and virtual lists place things.
 * @param formOrigins where a form of ours may lead besides to us: without scripts, linking a provider goes there at once
 */
function contentPolicy(nonce: string, formOrigins: string[]): string {
  return [
    "default-src 'self'", `script-src 'self' 'nonce-${nonce}'`, "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:", "object-src 'none'", "base-uri 'none'", ["form-action 'self'", ...formOrigins].join(' '), "frame-ancestors 'none'",
  ].join('; ');
}
