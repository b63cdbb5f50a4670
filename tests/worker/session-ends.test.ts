/** How long sessions last: what is not used ends, what is used ends as well, later; and nothing goes on after either. */
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCookieSession } from '#operations/sessions';
import { sha256 } from '#operations/secret-token';
import { visitorContext } from '#worker/context';
import { call, newCompany, tokens } from './api-client.ts';
import { databaseOf } from './stocked-company.ts';

const DAY_SECONDS = 86_400;
let shop: Awaited<ReturnType<typeof newCompany>>;
beforeAll(async () => { shop = await newCompany(); });

async function browser(): Promise<{ hash: string; cookie: string; expiresAt: Date }> {
  const { token, expiresAt } = await startCookieSession(visitorContext(env), { companyId: shop.company.id, user: { ...shop.user, name: null, role: 'admin' } }, { userAgent: null, place: null });
  return { hash: await sha256(token), cookie: `perennial_session=${token}`, expiresAt };
}

/** As if it had begun and been used so long ago. */
async function age(where: ReturnType<typeof sql>, begun: number, used: number, expires: number): Promise<void> {
  await databaseOf(shop.company.id).run(sql`update sessions set created_at = now() - ${begun} * interval '1 second', last_seen_at = now() - ${used} * interval '1 second', expires_at = now() + ${expires} * interval '1 second'
    where company_id = ${shop.company.id} and ${where}`);
}

/** Seconds until it ends, as the database has it. */
async function left(where: ReturnType<typeof sql>): Promise<number> {
  const row = await databaseOf(shop.company.id).first(z.object({ s: z.number() }), sql`select extract(epoch from expires_at - now())::float8 as s from sessions where company_id = ${shop.company.id} and ${where}`);
  return row?.s ?? Number.NaN;
}

const asks = async (cookie: string): Promise<number> => (await call('GET', '/api/v1/company', { headers: { cookie } })).status;

describe('a browser’s session', () => {
  it('lasts a week from its last use', async () => {
    const { hash, cookie, expiresAt } = await browser();
    const its = sql`token_hash = ${hash}`;
    expect(await left(its) / DAY_SECONDS).toBeCloseTo(7, 2);
    // The browser keeps the cookie for as long as it could ever be of use.
    expect((expiresAt.getTime() - Date.now()) / 1000 / DAY_SECONDS).toBeCloseTo(30, 2);
    await age(its, 6 * DAY_SECONDS, 6 * DAY_SECONDS, DAY_SECONDS);
    expect(await asks(cookie)).toBe(200);
    expect(await left(its) / DAY_SECONDS).toBeCloseTo(7, 2);
  });

  it('ends after a week without use', async () => {
    const { hash, cookie } = await browser();
    await age(sql`token_hash = ${hash}`, 7 * DAY_SECONDS + 1, 7 * DAY_SECONDS + 1, -1);
    expect(await asks(cookie)).toBe(401);
  });

  it('ends after a month however much it is used', async () => {
    const { hash, cookie } = await browser();
    const its = sql`token_hash = ${hash}`;
    await age(its, 29.5 * DAY_SECONDS, 120, DAY_SECONDS);
    expect(await asks(cookie)).toBe(200);
    expect(await left(its) / DAY_SECONDS).toBeCloseTo(0.5, 2);
  });
});

describe('a program’s session', () => {
  const refresh = (refreshToken: string) => call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });

  it('ends a quarter of a year after it began, however often it was refreshed', async () => {
    const made = await newCompany();
    const database = databaseOf(made.company.id);
    const ageTo = async (days: number) => { await database.run(sql`update sessions set created_at = now() - ${days} * interval '1 day', expires_at = now() + interval '1 minute' where company_id = ${made.company.id} and kind = 'refresh'`); };
    const ends = async () => (await database.first(z.object({ days: z.number() }), sql`select (extract(epoch from expires_at - now()) / 86400)::float8 as days from sessions where company_id = ${made.company.id} and kind = 'refresh'`))?.days;
    await ageTo(10);
    const second = tokens.parse((await refresh(made.refreshToken)).body);
    expect(await ends()).toBeCloseTo(7, 2);
    await ageTo(88);
    const third = tokens.parse((await refresh(second.refreshToken)).body);
    expect(await ends()).toBeCloseTo(2, 2);
    await database.run(sql`update sessions set created_at = now() - interval '91 days', expires_at = now() - interval '1 day' where company_id = ${made.company.id} and kind = 'refresh'`);
    expect((await refresh(third.refreshToken)).status).toBe(401);
  });
});
