/** The pages: Remix's request handler over the server build that `npm run build` makes. */
import type { AppLoadContext } from '@remix-run/cloudflare';
import { createRequestHandler } from '@remix-run/cloudflare';
import * as build from '../build/server/index.js';
import type { Edge } from './context/edge.ts';
import { isSameOrigin } from './context/session-cookie.ts';

declare module '@remix-run/cloudflare' {
  interface AppLoadContext {
    edge: Edge;
    /** Made for this answer; scripts without it do not run. */
    nonce: string;
  }
}

const handle = createRequestHandler(build, 'production');

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Answers every address that no other door took; forms that another site sent reach no page. */
export async function pages(request: Request, edge: Edge): Promise<Response> {
  // Before any page: nobody is to be signed in or out, or to change anything, by a stranger's site.
  if (!READING.has(request.method) && !isSameOrigin(request)) {
    return new Response('This form was not sent from a page of ours', { status: 403, headers: { 'x-request-id': edge.requestId, 'cache-control': 'no-store' } });
  }
  const context: AppLoadContext = { edge, nonce: edge.requestId };
  return await handle(request, context);
}
