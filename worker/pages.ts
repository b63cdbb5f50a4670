/** The pages: Remix's request handler over the server build that `npm run build` makes. */
import type { AppLoadContext } from '@remix-run/cloudflare';
import { createRequestHandler } from '@remix-run/cloudflare';
import * as build from '../build/server/index.js';
import type { Edge } from './context/edge.ts';

declare module '@remix-run/cloudflare' {
  interface AppLoadContext {
    edge: Edge;
    /** Made for this answer; scripts without it do not run. */
    nonce: string;
  }
}

const handle = createRequestHandler(build, 'production');

/** Answers every address that no other door took. */
export async function pages(request: Request, edge: Edge): Promise<Response> {
  const context: AppLoadContext = { edge, nonce: edge.requestId };
  return await handle(request, context);
}
