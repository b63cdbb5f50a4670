/** Every page route of the build, asked by everybody: nobody, sessions that are over, each role, those who lack a second factor, another company. */
// First: shapes made before it is there cannot be described in the API's document.
import '@hono/zod-openapi';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { permissionTable, ROLES } from '#operations/permissions';
import { startCookieSession } from '#operations/sessions';
import { sha256 } from '#operations/secret-token';
import { visitorContext } from '#worker/context';
import type { Role } from '#worker/ports';
import { routes } from '../../build/server/index.js';
import { call, newCompany } from './api-client.ts';
import type { Answer } from './api-client.ts';
import { PAGES } from './page-cases.ts';
import type { FormCase, PageAccess, PageCase } from './page-cases.ts';
import { databaseOf, stock } from './stocked-company.ts';

type Company = Awaited<ReturnType<typeof newCompany>>;
interface Page extends PageCase {
  id: string;
  /** With `:id` and the like. */
  path: string;
  isIndex: boolean;
  hasLoader: boolean;
  hasAction: boolean;
}

/** Around others, or for addresses that nothing has. */
const WITHOUT_ADDRESS = ['root', 'routes/_app', 'routes/_app.$'];
const OURS = { 'sec-fetch-site': 'same-origin' };
const FOREIGN: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, {}];

const pages: Page[] = Object.values(routes).flatMap((route) => {
  if (route === undefined || WITHOUT_ADDRESS.includes(route.id)) return [];
  const id = route.id.replace(/^routes\//, '');
  const known = PAGES[id] ?? { shows: null };
  return [{ ...known, id, path: `/${route.path ?? ''}`, isIndex: route.index === true, hasLoader: 'loader' in route.module, hasAction: 'action' in route.module }];
});

const at = (page: Page, id: string): string => page.path.replace(/:\w+/, id);
/** The address from which the router fetches data alone. */
const dataOf = (path: string): string => (path === '/' ? '/_root.data' : `${path}.data`);

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return call('GET', path, { headers });
}

/** Sends a form the way the pages' scripts do. */
function send(page: Page, path: string, { intent, form = {} }: FormCase, headers: Record<string, string>): Promise<Answer> {
  const body = new URLSearchParams({ ...(intent !== '' && { intent }), ...form }).toString();
  return call('POST', `${dataOf(path)}${page.isIndex ? '?index' : ''}`, { headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body });
}

/** Where an answer sends one to; null when it shows something. */
function sentTo(answer: Answer): string | null {
  const location = answer.headers.get('location');
  if (location !== null) return location;
  // Data requests are told in the body.
  return answer.status === 202 ? /"(\/[^"]*)"/.exec(String(answer.body))?.[1] ?? '?' : null;
}

/** Ids and what is made for each answer differ; nothing else may. */
const plain = (answer: Answer, id = 'ID'): string => `${String(answer.status)} ${String(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))}`
  .replaceAll(id, 'ID').replaceAll(/nonce(="|":")[^"]*"/g, 'nonce').replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replaceAll(/\d{13}/g, 'TIME');

const cookie = (token: string): Record<string, string> => ({ cookie: `perennial_session=${token}` });

/** A browser's session of a member of this role. */
async function browser(company: Company, role: Role): Promise<{ headers: Record<string, string>; token: string }> {
  const id = v7();
  const email = `${id}@shop.example`;
  await databaseOf(company.company.id).run(sql`insert into users (company_id, id, email, role, password_hash)
    select company_id, ${id}, ${email}, ${role}, password_hash from users where company_id = ${company.company.id} and id = ${company.user.id}`);
  const { token } = await startCookieSession(visitorContext(env), { companyId: company.company.id, user: { id, email, name: null, role } }, { userAgent: null, place: null });
  return { headers: cookie(token), token };
}

function may(role: Role, access: PageAccess): boolean {
  return access === 'own' || access === 'open' || access === 'account' || permissionTable().some((one) => one.permission === access && one.roles.includes(role));
}

const isOpen = (page: Page): boolean => page.shows === 'open' || (page.forms ?? []).some((form) => form.access === 'open');
const closed = pages.filter((page) => !isOpen(page));
const showing = pages.filter((page) => page.shows !== null);

let shop: Company;
let ids: Map<string, string>;
const ownPath = (page: Page): string => at(page, page.noun === undefined ? crypto.randomUUID() : ids.get(page.noun) ?? '');
/** Both ways to ask for what a page shows. */
const bothWays = (path: string): string[] => [path, dataOf(path)];

beforeAll(async () => {
  shop = await newCompany();
  ids = await stock(shop);
}, 60_000);

describe('the list', () => {
  it('has every route of the build, with what it shows and takes', () => {
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.map((page) => page.id).toSorted()).toEqual(Object.keys(PAGES).toSorted());
    for (const page of pages) {
      // Open pages without a loader show the same to everybody.
      expect([page.id, page.hasLoader], 'shows something').toEqual([page.id, page.shows !== null]);
      expect([page.id, page.hasAction], 'takes forms').toEqual([page.id, page.forms !== undefined]);
      expect([page.id, page.path.includes(':id')], 'names something').toEqual([page.id, page.noun !== undefined]);
    }
  });

  it('has every form that the source tells apart', () => {
    const sources: Record<string, string> = import.meta.glob('../../app/{routes/*.{ts,tsx},account-forms.server.ts}', { query: '?raw', import: 'default', eager: true });
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    const intentsOf = (source: string): string[] => [...source.matchAll(/(?:case |intent'?\)? === |intent: z\.literal\()'([a-z-]+)'|intent: z\.enum\(\[([^\]]*)\]/g)]
      .flatMap(([, one, several]) => (one === undefined ? [...(several ?? '').matchAll(/'([a-z-]+)'/g)].map((match) => match[1] ?? '') : [one]));
    for (const page of pages) {
      const source = Object.entries(sources).find(([file]) => file.replace(/^.*\/routes\//, '').replace(/\.tsx?$/, '') === page.id)?.[1];
      if (source === undefined) throw new Error(`No source of ${page.id}`);
      const known = new Set(page.forms?.map((form) => form.intent));
      // `typeof intent === 'string'` is none.
      expect([page.id, intentsOf(source).filter((intent) => intent !== 'string' && !known.has(intent))]).toEqual([page.id, []]);
    }
    const account = Object.entries(sources).find(([file]) => file.endsWith('account-forms.server.ts'))?.[1] ?? '';
    const table = account.slice(account.indexOf('const FORMS'), account.indexOf('const CARDS'));
    const named = [...table.matchAll(/^ {2}async '?([a-z-]+)'?\(/gm)].map((match) => match[1] ?? '');
    expect(named.toSorted()).toEqual((PAGES['_app.account']?.forms ?? []).map((form) => form.intent).toSorted());
  });
});

describe('a closed page', () => {
  it.each([
    ['nobody', async () => ({})],
    ['a cookie that was never given', async () => cookie('A'.repeat(43))],
    ['a session past its time', async () => {
      const { headers, token } = await browser(shop, 'admin');
      await databaseOf(shop.company.id).run(sql`update sessions set expires_at = now() - interval '1 second' where company_id = ${shop.company.id} and token_hash = ${await sha256(token)}`);
      return headers;
    }],
    ['a session that was ended', async () => {
      const { headers, token } = await browser(shop, 'admin');
      await databaseOf(shop.company.id).run(sql`update sessions set ended_at = now() where company_id = ${shop.company.id} and token_hash = ${await sha256(token)}`);
      return headers;
    }],
    ['an access token in the place of a cookie', async () => cookie(shop.accessToken)],
  ])('sends %s to sign in, whatever is asked of it', async (_who, make) => {
    const headers = await make();
    for (const page of closed) {
      if (page.shows !== null) for (const path of bothWays(ownPath(page))) expect([path, sentTo(await get(path, headers))]).toEqual([path, expect.stringMatching(/^\/sign-in/)]);
      for (const form of page.forms ?? []) expect([page.id, form.intent, sentTo(await send(page, ownPath(page), form, { ...headers, ...OURS }))]).toEqual([page.id, form.intent, expect.stringMatching(/^\/sign-in/)]);
    }
  }, 120_000);

  it('sends those who lack a second factor to set it up, and nowhere else', async () => {
    const strict = await newCompany();
    await databaseOf(strict.company.id).run(sql`update companies set mfa_roles = '["viewer"]'::jsonb where id = ${strict.company.id}`);
    const { headers } = await browser(strict, 'viewer');
    for (const page of closed) {
      const open = page.shows === 'account';
      const expected = open ? null : expect.stringMatching(/^\/second-factor/);
      if (page.shows !== null) for (const path of bothWays(ownPath(page))) expect([path, sentTo(await get(path, headers))]).toEqual([path, expected]);
      for (const form of page.forms ?? []) expect([page.id, form.intent, sentTo(await send(page, ownPath(page), form, { ...headers, ...OURS }))]).toEqual([page.id, form.intent, expected]);
    }
  }, 120_000);
});

describe('every page', () => {
  it('refuses a field that it does not read, by name', async () => {
    const { headers } = await browser(shop, 'admin');
    const wrong: string[] = [];
    // Leaving never fails.
    for (const page of pages.filter(({ id }) => id !== 'sign-out')) {
      for (const form of page.forms ?? []) {
        const answer = await send(page, ownPath(page), { ...form, form: { ...form.form, colour: 'red' } }, { ...headers, ...OURS });
        if (answer.status !== 400 || !JSON.stringify(answer.body).includes('colour')) wrong.push(`${page.id} ${form.intent}: ${String(answer.status)} ${String(sentTo(answer))}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('takes no form that another site sent, from nobody and from an admin', async () => {
    const { headers } = await browser(shop, 'admin');
    const before = await get('/account.data', headers);
    for (const page of pages) {
      for (const foreign of FOREIGN) {
        for (const who of [{}, headers]) {
          for (const path of bothWays(at(page, crypto.randomUUID()))) {
            for (const method of ['POST', 'PUT', 'DELETE']) {
              const answer = await call(method, path, { headers: { 'content-type': 'application/x-www-form-urlencoded', ...who, ...foreign }, body: 'intent=profile&name=Mallory' });
              expect([method, path, answer.status, answer.headers.get('set-cookie')]).toEqual([method, path, 403, null]);
            }
          }
        }
      }
    }
    expect(plain(await get('/account.data', headers))).toBe(plain(before));
  }, 240_000);
});

describe.each(ROLES)('a session of a %s', (role) => {
  let headers: Record<string, string>;
  beforeAll(async () => { ({ headers } = await browser(shop, role)); });

  it('sees the pages that the table gives it, and is refused the others', async () => {
    const wrong: string[] = [];
    const look = async (path: string, access: PageAccess): Promise<void> => {
      const answer = await get(path, headers);
      const expected = may(role, access) ? 200 : 403;
      if (answer.status !== expected) wrong.push(`${path} needs ${access}: ${String(answer.status)} ${String(sentTo(answer))}`);
      if (expected === 403 && !String(JSON.stringify(answer.body)).includes(access)) wrong.push(`${path} does not say that ${access} is missing`);
    };
    for (const page of showing.filter((one) => !isOpen(one))) {
      const path = ownPath(page);
      for (const way of bothWays(path)) {
        // A data answer carries each route's own refusal inside.
        if (way === path) await look(way, page.shows ?? 'own');
        else {
          const text = String((await get(way, headers)).body);
          const refused = text.includes(`(${page.shows ?? ''})`);
          if (refused === may(role, page.shows ?? 'own')) wrong.push(`${way} needs ${page.shows ?? ''}: ${text.slice(0, 200)}`);
        }
      }
      if (page.also !== undefined) await look(path + page.also.query, page.also.access);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('may send the forms that the table gives it, and no other', async () => {
    const wrong: string[] = [];
    for (const page of pages.filter((one) => !isOpen(one))) {
      // Where a form would be obeyed, it names what nobody has.
      const path = at(page, crypto.randomUUID());
      for (const form of page.forms ?? []) {
        const answer = await send(page, path, form, { ...headers, ...OURS });
        const text = String(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
        const refused = text.includes(`(${form.access})`);
        if (refused === may(role, form.access) || sentTo(answer)?.startsWith('/sign-in') === true || answer.status >= 500) wrong.push(`${page.id} ${form.intent} needs ${form.access}: ${String(answer.status)} ${text.slice(0, 240)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('an admin of another company', () => {
  it('finds nothing at the addresses of the first one’s things, and cannot tell that they exist', async () => {
    const stranger = await newCompany();
    const { headers } = await browser(stranger, 'admin');
    const { headers: theirs } = await browser(shop, 'admin');
    const naming = pages.filter((page) => page.noun !== undefined);
    expect(naming.length).toBeGreaterThan(6);
    for (const page of naming) {
      const known = ids.get(page.noun ?? '') ?? '';
      const never = v7();
      for (const [real, made] of bothWays(at(page, known)).map((path, n) => [path, bothWays(at(page, never))[n] ?? ''] as const)) {
        const answer = await get(real, headers);
        if (!real.endsWith('.data')) expect([real, answer.status]).toEqual([real, 404]);
        expect([real, plain(answer, known)]).toEqual([real, plain(await get(made, headers), never)]);
      }
      for (const form of page.forms ?? []) {
        const answer = await send(page, at(page, known), form, { ...headers, ...OURS });
        expect([page.id, form.intent, plain(answer, known)]).toEqual([page.id, form.intent, plain(await send(page, at(page, never), form, { ...headers, ...OURS }), never)]);
      }
      expect([page.id, (await get(at(page, known), theirs)).status], 'the first one still has it').toEqual([page.id, 200]);
    }
  }, 120_000);

  it('does nothing with a form that names them', async () => {
    const stranger = await newCompany();
    const { headers } = await browser(stranger, 'admin');
    const nouns: Record<string, string> = { '_app.api-keys': 'api-keys', '_app.events': 'event-sources', '_app.import': 'imports', '_app.nights': 'runs', '_app.quality._index': 'alerts', '_app.team': 'users', '_app.sales': 'transactionId', '_app.account': 'sessions' };
    let asked = 0;
    for (const [id, noun] of Object.entries(nouns)) {
      const page = pages.find((one) => one.id === id);
      if (page === undefined) throw new Error(`No page ${id}`);
      for (const form of page.forms ?? []) {
        const named = ['id', 'session', 'first'].find((field) => form.form?.[field] !== undefined);
        if (named === undefined || (id === '_app.account' && form.intent !== 'end-session')) continue;
        const known = ids.get(/mapping/.test(form.intent) ? 'import-mappings' : form.intent === 'resend' || form.intent === 'revoke' && id === '_app.team' ? 'invitations' : noun) ?? '';
        const never = v7();
        const ask = (value: string) => send(page, page.path, { ...form, form: { ...form.form, [named]: value } }, { ...headers, ...OURS });
        expect([id, form.intent, plain(await ask(known), known)]).toEqual([id, form.intent, plain(await ask(never), never)]);
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(15);
  }, 120_000);
});
