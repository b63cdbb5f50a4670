/** Twenty thousand hostile requests, made from our own API document and for every other door: none is carried out, breaks us, or learns anything. */
import { env, SELF } from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createRandom } from '#core/math/random';
import { permissionTable } from '#operations/permissions';
import { startCookieSession } from '#operations/sessions';
import { checkPassword } from '#operations/sign-in';
import { visitorContext } from '#worker/context';
import { call, newCompany, newKey, PASSWORD, problem } from './api-client.ts';
import { fingerprint } from './hostile/books.ts';
import { requestElsewhere } from './hostile/elsewhere.ts';
import { leakIn } from './hostile/leaks.ts';
import { readOperations } from './hostile/operations.ts';
import { hostileRequest } from './hostile/requests.ts';
import type { HostileRequest } from './hostile/requests.ts';
import { databaseOf, liftLimits, stock } from './stocked-company.ts';

const settings = z.object({
  HOSTILE_REQUESTS: z.coerce.number(), HOSTILE_SEED: z.string(), DATABASE_URL: z.url(), AUTH_SECRET: z.string(), IDENTITY_SECRET: z.string(), CREDENTIAL_KEYS: z.string(), TOKEN_KEYS: z.string(), OPERATOR_TOKEN: z.string(),
}).parse(env);
const AT_ONCE = 16;
/** A stuck request, not a slow machine. */
const PATIENCE_MS = 60_000;
/** Share of requests to what the API document does not describe. */
const ELSEWHERE = 0.2;
/** Limits count by address: after so many requests without a sign-in the next comes from another. */
const FROM_ONE_ADDRESS = 9;

const receipt = z.object({ accepted: z.number() });

/** What is wrong with the answer; null when nothing is. */
function judge(request: HostileRequest, status: number, headers: Headers, body: string, tookMs: number, secrets: readonly string[]): string | null {
  if (status >= 500) return `${String(status)}: ${body.slice(0, 300)}`;
  if (tookMs > PATIENCE_MS) return `took ${String(Math.round(tookMs))} ms`;
  const leak = leakIn(body, secrets, `${decodeURIComponent(request.path.replaceAll(/%(?![0-9a-f]{2})|%[89a-f][0-9a-f]/gi, ''))} ${typeof request.body === 'string' ? request.body : ''}`);
  if (leak !== null) return `tells ${leak}`;
  for (const name of ['content-security-policy', 'x-content-type-options', 'strict-transport-security']) if (!headers.has(name)) return `lacks ${name}`;
  const isApi = /^\/(api|webhooks)\//.test(request.path);
  if (isApi && status >= 400 && request.method !== 'HEAD') {
    if (headers.get('content-type') !== 'application/problem+json') return `${String(status)} as ${headers.get('content-type') ?? 'nothing'}: ${body.slice(0, 100)}`;
    const told = problem.safeParse(JSON.parse(body));
    if (!told.success || told.data.status !== status || told.data.detail === '') return `${String(status)} without a full problem document: ${body.slice(0, 200)}`;
  }
  if (status < 400 && !request.mayPass) {
    if (status === 302 || (status === 204 && request.method === 'OPTIONS')) return null;
    const taken = status === 202 ? receipt.safeParse(JSON.parse(body)) : null;
    if (taken?.success !== true || taken.data.accepted > 0) return `was carried out: ${String(status)} ${body.slice(0, 200)}`;
  }
  return null;
}

it(`withstands ${String(settings.HOSTILE_REQUESTS)} hostile requests of seed ${settings.HOSTILE_SEED}`, { timeout: 1_800_000 }, async () => {
  const quiet = (['log', 'warn', 'error', 'info'] as const).map((method) => vi.spyOn(console, method).mockImplementation(() => undefined));
  try {
    const [shop, other] = [await newCompany('Fortress'), await newCompany('Neighbour')];
    // Somebody looks all the time, and a fit is always on its way: looking moves nothing.
    for (const { company: { id } } of [shop, other]) await databaseOf(id).run(sql`update tenant_clock set looked_until = 'infinity', grown_at = 'infinity' where company_id = ${id}`);
    const ids = await stock(shop);
    // One that waits is rung for again by whoever looks at it.
    await databaseOf(shop.company.id).run(sql`update discoveries set state = 'done' where company_id = ${shop.company.id}`);
    await liftLimits(shop);
    await liftLimits(other);
    // Taken whole, the file of somebody's data ends the request; taken again, it changes nothing.
    expect((await call('GET', `/api/v1/privacy/requests/${ids.get('requests') ?? ''}/export`, { headers: shop.as })).status).toBe(200);
    const visitor = visitorContext(env);
    const { token } = await startCookieSession(visitor, await checkPassword(visitor, { email: shop.user.email, password: PASSWORD }), { userAgent: null, place: null });
    const cookie = `perennial_session=${token}`;
    const viewer = (await newKey(shop.as, 'viewer')).as;
    const { operations, schemas } = await readOperations();
    const viewerMay = new Set<string>([...permissionTable().filter(({ roles }) => roles.includes('viewer')).map(({ permission }) => permission), 'signed_in', 'own_account', 'ticket']);
    const senders = { admin: shop.as, viewer, stranger: other.as, viewerMay, ids };
    const secrets = [settings.AUTH_SECRET, settings.IDENTITY_SECRET, ...settings.CREDENTIAL_KEYS.split(':').slice(1), ...settings.TOKEN_KEYS.split(/[:,]/).filter((_, n) => n % 2 === 1), settings.OPERATOR_TOKEN, new URL(settings.DATABASE_URL).password, token, ...[shop, other].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])];

    const kept = async () => JSON.stringify([await fingerprint(shop.company.id), await fingerprint(other.company.id), (await env.FILES.list({ prefix: shop.company.id })).objects.map(({ key, etag }) => [key, etag])], null, 1);
    let before = '';
    // What was begun while the company was stocked comes to rest first.
    await vi.waitUntil(async () => {
      const last = before;
      before = await kept();
      return last === before;
    }, { timeout: 60_000, interval: 1_500 });

    const random = createRandom(settings.HOSTILE_SEED);
    const operation = () => operations[Math.floor(random() * operations.length)] ?? operations[0];
    const statuses = new Map<number, number>(), failures = new Map<string, string>();
    let made = 0, anonymous = 0, slowest = 0;
    const next = (): HostileRequest | null => {
      if (made++ >= settings.HOSTILE_REQUESTS) return null;
      const asked = operation();
      return random() < ELSEWHERE || asked === undefined ? requestElsewhere(random, cookie, ids.get('integrations') ?? '') : hostileRequest(random, asked, schemas, senders);
    };
    const attack = async (): Promise<void> => {
      for (let request = next(); request !== null; request = next()) {
        const { method, path, headers, body, isAnonymous, wrong } = request;
        const at = isAnonymous ? Math.floor(anonymous++ / FROM_ONE_ADDRESS) : 0;
        const began = performance.now();
        const given = { 'cf-connecting-ip': `10.99.${String((at >> 8) & 255)}.${String(at & 255)}`, ...headers };
        const sent = new Headers();
        for (const [name, value] of Object.entries(given)) if (/^[\x20-\x7e]*$/.test(value)) sent.set(name, value);
        const send = () => SELF.fetch(`https://perennial.test${path}`, { method, headers: sent, redirect: 'manual', ...(body === null || method === 'GET' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }) });
        let answer = await send();
        // On a machine that does too much at once the database may not answer in time, and says so: asked again, as a client would.
        for (let again = 0; answer.status === 503 && again < 8; again++) {
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          answer = await send();
        }
        const text = await answer.text();
        const took = performance.now() - began;
        slowest = Math.max(slowest, took);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const problemFound = judge(request, answer.status, answer.headers, text, took, secrets);
        if (problemFound !== null) failures.set(`${method} ${path.replace(/\?.*/s, '').slice(0, 80)} (${wrong}): ${problemFound.slice(0, 40)}`, `${method} ${path.slice(0, 200)} ${String(body).slice(0, 200)} → ${problemFound}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, attack));
    const errors = [...new Set((quiet[2]?.mock.calls ?? []).map((line) => line.map((part) => (part instanceof Error ? `${part.name}: ${part.message}` : String(part))).join(' ').slice(0, 900)))];
    for (const spy of quiet) spy.mockRestore();
    console.log(`Hostile requests of seed ${settings.HOSTILE_SEED}: ${[...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${String(status)} × ${String(times)}`).join(', ')}; slowest ${String(Math.round(slowest))} ms; ${String(errors.length)} kinds of error lines`);
    if (failures.size > 0) console.log(errors.slice(0, 30).join('\n'));
    expect.soft([...failures.values()]).toEqual([]);
    expect(await kept()).toBe(before);
    // Neither all turned away at the gate nor all let through: most reached what they were meant for.
    expect((statuses.get(400) ?? 0) / settings.HOSTILE_REQUESTS).toBeGreaterThan(0.3);
    expect((statuses.get(429) ?? 0) / settings.HOSTILE_REQUESTS).toBeLessThan(0.05);
  } finally {
    for (const spy of quiet) spy.mockRestore();
  }
});
