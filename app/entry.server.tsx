/** Renders a page as a stream, with the headers that keep foreign scripts and frames out. */
import type { AppLoadContext, EntryContext } from '@remix-run/cloudflare';
import { RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToReadableStream } from 'react-dom/server';
import { providerOrigins } from '#operations/identity-sign-in';
import { pagePolicy } from '#worker/context/security-headers';
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
  headers.set('referrer-policy', 'same-origin');
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
  // The development server's own scripts and styles carry no nonce.
  headers.set('content-security-policy', import.meta.env.PROD ? pagePolicy({ nonce, url: request.url, submitsTo: providerOrigins(edge.visitor) }) : "object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
  return new Response(body, { headers, status: answered });
}
