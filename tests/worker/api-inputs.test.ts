/** What every route refuses: fields and parameters nobody knows, bodies too large or unreadable, other methods; always as a problem document. */
import { SELF } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { call, newAddress, newCompany, problemOf } from './api-client.ts';
import type { Operation } from './hostile/operations.ts';
import { readOperations } from './hostile/operations.ts';
import type { Schema, Schemas } from './hostile/values.ts';
import { resolved, validValue } from './hostile/values.ts';
import { liftLimits } from './stocked-company.ts';

/** These judge each record by itself. */
const RECORDS = ['/api/v1/transactions', '/api/v1/customers', '/api/v1/events'];
const MB = 1_000_000;
let as: Record<string, string>;
let operations: Operation[];
let schemas: Schemas;

beforeAll(async () => {
  const shop = await newCompany();
  await liftLimits(shop);
  ({ as } = shop);
  ({ operations, schemas } = await readOperations());
});

const addressOf = (path: string): string => path.replaceAll('{currency}', 'CHF').replaceAll('{day}', '2026-01-01').replaceAll(/\{\w+\}/g, () => crypto.randomUUID());
const isRecords = ({ path, method }: Operation): boolean => method === 'POST' && RECORDS.includes(path);

/** Paths of objects in a schema that would take a field nobody knows. */
function openObjects(given: Schema, path: string, depth = 0): string[] {
  const one = resolved(given, schemas);
  if (depth > 8) return [];
  const inner = [one['anyOf'], one['oneOf'], one['allOf']].flatMap((list) => (Array.isArray(list) ? list : [])).flatMap((option: Schema) => openObjects(option, path, depth + 1));
  const items = typeof one['items'] === 'object' && one['items'] !== null ? openObjects({ ...one['items'] }, `${path}[]`, depth + 1) : [];
  if (one['type'] !== 'object') return [...inner, ...items];
  const properties = Object.entries<Schema>({ ...(typeof one['properties'] === 'object' ? one['properties'] : null) });
  // A record of names and values takes any name by its meaning, and says of what kind the values are.
  const isRecord = typeof one['additionalProperties'] === 'object';
  return [...(one['additionalProperties'] === false || isRecord ? [] : [path]), ...inner, ...properties.flatMap(([name, property]) => openObjects(property, `${path}.${name}`, depth + 1))];
}

describe('every route of the document', () => {
  it('describes bodies without room for fields nobody knows', async () => {
    const open = operations.flatMap((one) => (one.body === null ? [] : openObjects(one.body, `${one.method} ${one.path}`)));
    // Its names are those of an enum, which the document cannot say of names; the shape itself refuses others.
    expect(open).toEqual(['POST /api/v1/import-mappings.mapping.columns']);
    expect((await call('POST', '/api/v1/import-mappings', { headers: as, body: { name: 'x', headings: ['a'], mapping: { columns: { colour: 'a' } } } })).status).toBe(400);
    expect(operations.filter(({ body }) => body !== null).length).toBeGreaterThan(30);
  });

  it('refuses a field nobody knows, naming it', async () => {
    const random = createRandom('fields');
    for (const one of operations.filter(({ body }) => body !== null)) {
      const made = validValue(one.body ?? {}, schemas, random);
      const body = { ...(typeof made === 'object' && !Array.isArray(made) ? made : {}), colour: 'red' };
      const answer = await call(one.method, addressOf(one.path), { headers: one.isOpen ? {} : as, body });
      const what = `${one.method} ${one.path} ${String(answer.status)} ${JSON.stringify(answer.body)}`;
      if (isRecords(one)) expect(answer, what).toMatchObject({ status: 202, body: { accepted: 0, rejected: [{ code: expect.stringMatching(/^(unknown|missing)_field$/) }] } });
      else {
        expect(answer.status, what).toBe(400);
        expect(problemOf(answer).errors?.length, what).toBeGreaterThan(0);
        if (!what.includes('Invalid input')) expect(problemOf(answer).errors?.map(({ path }) => path), what).toContain('colour');
      }
    }
  });

  it('refuses a parameter nobody knows, naming it and those it knows', async () => {
    // A provider of identities adds to its way back what it likes.
    for (const one of operations.filter(({ path }) => !path.endsWith('/callback'))) {
      const answer = await call(one.method, `${addressOf(one.path)}?colour=red`, { headers: one.isOpen ? {} : as, ...(one.method === 'GET' ? {} : { body: {} }) });
      expect(answer.status, `${one.method} ${one.path}`).toBe(400);
      expect(problemOf(answer).errors, `${one.method} ${one.path}`).toEqual([{ path: 'colour', message: expect.stringMatching(/^There is no such parameter; (known are|this address takes none)/) }]);
    }
  });

  it('answers other methods with 405 and those it takes, and unknown addresses with 404', async () => {
    for (const path of new Set(operations.map((one) => one.path))) {
      const taken = new Set(operations.filter((one) => one.path === path).map(({ method }) => method));
      const other = ['DELETE', 'PATCH', 'PUT', 'POST'].find((method) => !taken.has(method));
      if (other === undefined || path.endsWith('/live')) continue;
      const answer = await call(other, addressOf(path), { headers: as });
      if (answer.status === 404) continue; // Another route's address with an id in its place.
      expect([path, answer.status, problemOf(answer).code]).toEqual([path, 405, 'method_not_allowed']);
      for (const method of taken) expect(answer.headers.get('allow'), path).toContain(method);
    }
    expect(problemOf(await call('GET', '/api/v1/nothing', { headers: as })).code).toBe('not_found');
    expect(problemOf(await call('GET', '/api/nothing')).code).toBe('not_found');
  });
});

describe('a body', () => {
  const patch = async (body: string | Uint8Array, headers: Record<string, string> = {}) => problemOf(await call('PATCH', '/api/v1/company', { headers: { ...as, ...headers }, body }));

  it.each([
    ['cut off', '{"name":', 'not JSON'], ['empty', '', 'not JSON'], ['bad UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'not UTF-8'], ['an overlong sequence', new Uint8Array([0x22, 0xc0, 0x80, 0x22]), 'not UTF-8'],
  ])('that is %s is refused in words', async (_what, body, words) => {
    expect(await patch(body)).toMatchObject({ status: 400, code: 'invalid_input', detail: expect.stringContaining(words) });
  });

  it.each([
    ['NUL', '{"name":"a\\u0000b"}', 'name', 'NUL'], ['half a character', '{"name":"\\ud83d"}', 'name', 'surrogate'], ['a NUL in a name', '{"a\\u0000":1}', 'a\uFFFD', 'NUL'], ['__proto__', '{"__proto__":{"name":"x"}}', '__proto__', 'No field'],
    ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000), expect.stringMatching(/^(\[0\])+/), 'levels deep'], ['10,000 levels of objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), expect.stringMatching(/^a(\.a)+/), 'levels deep'],
    ['a huge number', '{"horizonDays":1e400}', 'horizonDays', ''], ['a long number', '{"horizonDays":99999999999999999999999}', 'horizonDays', ''], ['a constructor', '{"constructor":1}', 'constructor', 'no such field'],
  ])('with %s is refused at its place', async (_what, body, path, words) => {
    const refused = await patch(body);
    expect(refused).toMatchObject({ status: 400, code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ path })]) });
    expect(refused.errors?.[0]?.message).toContain(words);
  });

  it('with a key twice counts by the last', async () => {
    expect((await call('PATCH', '/api/v1/company', { headers: as, body: '{"horizonDays":"x","horizonDays":365}' })).status).toBe(200);
  });

  it('of another type is refused with 415', async () => {
    expect(await patch('name=x', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 415, code: 'unsupported_media' });
  });

  it('is judged record by record where records come in', async () => {
    const record = { externalId: 'ok', customer: { externalId: 'c' }, occurredAt: '2026-11-01', amount: 1, currency: 'EUR' };
    const answer = await call('POST', '/api/v1/transactions', { headers: as, body: `[{"externalId":"\\u0000"},{"__proto__":1},${'['.repeat(10_000)}${']'.repeat(10_000)},${JSON.stringify({ ...record, colour: 1 })}]` });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 0, rejected: [{ index: 0, path: 'externalId' }, { index: 1, path: '__proto__' }, { index: 2 }, { index: 3, path: 'colour' }] } });
  });
});

describe('a body that is too large', () => {
  /** Sent in pieces without a length. */
  const chunked = (bytes: number): ReadableStream<Uint8Array> => {
    let left = bytes;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left <= 0) { controller.close(); return; }
        const size = Math.min(left, 500_000);
        left -= size;
        controller.enqueue(new Uint8Array(size).fill(0x20));
      },
    });
  };
  const send = async (method: string, path: string, headers: Record<string, string>, body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>): Promise<number> =>
    (await SELF.fetch(`https://perennial.test${path}`, { method, headers: { 'cf-connecting-ip': newAddress(), 'content-type': 'application/json', ...headers }, body, redirect: 'manual' })).status;

  it.each([
    ['PATCH', '/api/v1/company', MB], ['POST', '/api/v1/auth/login', MB], ['POST', '/api/v1/transactions', 25 * MB], ['POST', '/api/v1/customers', 25 * MB], ['POST', '/api/v1/events', 25 * MB], ['POST', '/sign-in', 4 * MB],
  ])('is refused by %s %s over %i bytes, declared or not', async (method, path, limit) => {
    const isPage = path === '/sign-in';
    const headers = { ...(path.includes('auth') || isPage ? {} : as), ...(isPage ? { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' } : {}) };
    expect(await send(method, path, headers, new Uint8Array(limit + 1).fill(0x20))).toBe(413);
    expect(await send(method, path, headers, chunked(limit + 1))).toBe(413);
    expect(await send(method, path, headers, chunked(limit - 1))).not.toBe(413);
  });
});
