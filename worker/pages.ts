/** The pages: Remix's request handler over the server build that `npm run build` makes. */
import type { AppLoadContext } from '@remix-run/cloudflare';
import { createRequestHandler } from '@remix-run/cloudflare';
import * as build from '../build/server/index.js';
import { AppError } from '#core/errors';
import { problemResponse } from './api/problem.ts';
import type { Edge } from './context/edge.ts';
import { readText } from './context/read-json.ts';
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

/** Files go to the API; the longest form holds a refused record to mend. */
const FORM_BYTES = 4_000_000;
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Answers every address that no other door took; forms that another site sent reach no page. */
export async function pages(asked: Request, edge: Edge): Promise<Response> {
  // Before any page: nobody is to be signed in or out, or to change anything, by a stranger's site.
  if (!READING.has(asked.method) && !isSameOrigin(asked)) {
    return problemResponse(new AppError('forbidden', 'This form was not sent from a page of ours'), edge.requestId);
  }
  const request = READING.has(asked.method) ? asked : await readForm(asked);
  const context: AppLoadContext = { edge, nonce: makeNonce() };
  return await handle(request, context);
}

/**
 * The same request with its form in memory.
 * @throws AppError `too_large`, or `unsupported_media` when it is no form, `invalid_input` when it holds what no table can keep.
 */
async function readForm(request: Request): Promise<Request> {
  const text = await readText(request, FORM_BYTES);
  if (text.includes('\0') || text.includes('%00')) throw new AppError('invalid_input', 'The form holds the character NUL, which cannot be kept; leave it out');
  const { url, method, signal } = request;
  const headers = new Headers(request.headers);
  // A button that sends nothing with it is a form without fields.
  if (text === '') headers.set('content-type', 'application/x-www-form-urlencoded');
  const made = new Request(url, { method, headers, signal, body: text });
  try {
    await made.clone().formData();
  } catch (cause) {
    throw new AppError('unsupported_media', 'A page takes forms only, as a browser sends them', { cause });
  }
  return made;
}
