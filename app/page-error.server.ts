/** Turns a refusal of an operation into the page's answer: the status, words for a person and the request's id. */
import { AppError } from '#core/errors';
import { statusOf } from '#worker/api/problem';
import type { AppLoadContext } from '@remix-run/cloudflare';

/**
 * What `work` answers.
 * @throws Response with `{ message, requestId }` where the operation refused; anything else is a defect and stays one.
 */
export async function answer<T>({ context }: { context: AppLoadContext }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw Response.json({ message: error.publicMessage, requestId: context.edge.requestId }, { status: statusOf(error.code), headers: { 'x-request-id': context.edge.requestId } });
  }
}

/** A refusal as an answer that a script of the page reads; a defect stays one. */
export function refusal(error: unknown): Response {
  if (!(error instanceof AppError)) throw error;
  return Response.json({ message: error.publicMessage }, { status: statusOf(error.code) });
}
