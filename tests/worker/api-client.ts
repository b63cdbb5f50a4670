/** Speaks to the Worker under test as a program would, each caller from an address of its own. */
import { SELF } from 'cloudflare:test';
import { z } from 'zod';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

let lastAddress = 0;

/** An address nobody else in this file speaks from: limits by address do not mix. */
export function newAddress(): string {
  lastAddress += 1;
  return `10.${String((lastAddress >> 16) & 255)}.${String((lastAddress >> 8) & 255)}.${String(lastAddress & 255)}`;
}

export async function call(method: string, path: string, options: { body?: unknown; headers?: Record<string, string>; address?: string } = {}): Promise<Answer> {
  const { body } = options;
  const headers = new Headers({ 'cf-connecting-ip': options.address ?? newAddress(), ...options.headers });
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await SELF.fetch(`https://perennial.test${path}`, {
    method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export const tokens = z.object({
  accessToken: z.string(), refreshToken: z.string(), expiresIn: z.number(),
  user: z.object({ id: z.string(), email: z.string(), role: z.string() }),
  company: z.object({ id: z.string(), slug: z.string(), currency: z.string(), timeZone: z.string() }),
});

export const problem = z.object({
  type: z.string(), title: z.string(), status: z.number(), detail: z.string(), code: z.string(), requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** The problem document of a refusal; fails when the answer is not one. */
export function problemOf(answer: Answer): z.infer<typeof problem> {
  if (answer.headers.get('content-type') !== 'application/problem+json') throw new Error(`No problem document: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  return problem.parse(answer.body);
}

export const PASSWORD = 'three unrelated words';

/** A company of its own for a test: its tokens, and the headers that speak as its admin. */
export async function newCompany(name = 'Test shop'): Promise<z.infer<typeof tokens> & { as: Record<string, string> }> {
  const answer = await call('POST', '/api/v1/auth/register', {
    body: { companyName: name, email: `${crypto.randomUUID()}@shop.example`, password: PASSWORD, currency: 'EUR', timeZone: 'Europe/Berlin' },
  });
  if (answer.status !== 201) throw new Error(`Not registered: ${JSON.stringify(answer.body)}`);
  const made = tokens.parse(answer.body);
  return { ...made, as: { authorization: `Bearer ${made.accessToken}` } };
}

/** Headers of a new API key with this role. */
export async function newKey(as: Record<string, string>, role: string): Promise<{ id: string; as: Record<string, string> }> {
  const made = z.object({ id: z.string(), key: z.string() }).parse((await call('POST', '/api/v1/api-keys', { headers: as, body: { name: role, role } })).body);
  return { id: made.id, as: { authorization: `Bearer ${made.key}` } };
}
