/** A piece of the API: validation failures become one problem document that names every field. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import type { ApiEnv } from './api-env.ts';

export function apiHono(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (result.success) return;
      // Ids are ours: one that is not shaped like ours names nothing.
      if (result.target === 'param') throw new AppError('not_found', 'There is nothing at this address');
      throw invalid(result.error);
    },
  });
}

/** What a shape found wrong, in our own words. */
export function invalid(error: z.core.$ZodError): AppError {
  return new AppError('invalid_input', 'Some fields need mending', {
    errors: error.issues.flatMap((issue) => issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'There is no such field; leave it out or mend its name' }))
      : [{ path: pathOf(issue.path), message: issue.message }]),
    cause: error,
  });
}

/** `records[3].amount` */
function pathOf(path: PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${String(key)}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
