/** The operations that our own API document describes, as a sender of requests needs them. */
import { z } from 'zod';
import { call } from '../api-client.ts';
import type { Schema, Schemas } from './values.ts';

const schema = z.record(z.string(), z.unknown());
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({
    'x-permission': z.string(), security: z.array(z.unknown()).default([]),
    parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: schema.default({}) })).default([]),
    requestBody: z.object({ content: z.record(z.string(), z.object({ schema: schema.default({}) })) }).optional(),
  }))),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

export interface Operation {
  method: string;
  path: string;
  isOpen: boolean;
  permission: string;
  query: { name: string; schema: Schema }[];
  /** Null when it takes no JSON. */
  body: Schema | null;
}

export async function readOperations(): Promise<{ operations: Operation[]; schemas: Schemas }> {
  const { paths, components } = document.parse((await call('GET', '/api/openapi.json')).body);
  const operations = Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, one]): Operation => ({
    method: method.toUpperCase(), path, permission: one['x-permission'], isOpen: one.security.length === 0,
    query: one.parameters.filter((parameter) => parameter.in === 'query'), body: one.requestBody?.content['application/json']?.schema ?? null,
  })));
  return { operations, schemas: components.schemas };
}
