/** The pages: Remix's request handler over the server build that `npm run build` makes. */
import type { AppLoadContext } from '@remix-run/cloudflare';
import { createRequestHandler } from '@remix-run/cloudflare';
import * as build from '../build/server/index.js';
import { AppError } from '#core/errors';
import { problemResponse } from './api/problem.ts';
import type { Edge } from './context/edge.ts';
import { makeNonce } from './context/security-headers.ts';
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
    return problemResponse(new AppError('forbidden', 'This form was not sent from a page of ours'), edge.requestId);
  }
  const context: AppLoadContext = { edge, nonce: makeNonce() };
  return await handle(request, context);
}
