/** Every platform's own sample payloads through the real endpoint, inbox, queue and books. */
import { createHmac } from 'node:crypto';
import { env, SELF } from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import files from 'virtual:fixtures';
import { connectorFor } from '#connectors/registry';
import { createIntegration, listDeliveries, listIntegrations } from '#operations/integrations';
import { openDatabase } from '#data/tenant';
import { systemContext } from '#worker/context';
import type { TenantContext } from '#worker/ports';
import { NOTHING, SHOPIFY, WOOCOMMERCE } from './door-cases.ts';
import type {} from '../support/provided.ts';
import { STRIPE } from './door-cases-stripe.ts';
import type { DoorCase } from './door-cases.ts';

const SECRET = 'the secret of this test';
const { TEST_OWNER_URL, NEON_ENDPOINT } = z.object({ TEST_OWNER_URL: z.string(), NEON_ENDPOINT: z.string() }).parse(env);
const haveFixtures = Object.keys(files).length > 0;
if (!haveFixtures) console.warn('NOT RUN: sample payloads through the doors, because there is no reference folder; set REFERENCE_DIR');

const base64 = (body: string, secret: string): string => createHmac('sha256', secret).update(body).digest('base64');

/** Asks the platforms' own packages, which are Node's and run beside workerd. */
async function askSigner(what: 'stripe' | 'shopify', body: string, secret: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${inject('platformSigner')}/${what}?secret=${encodeURIComponent(secret)}`, { method: 'POST', body, headers });
  if (!response.ok) throw new Error(await response.text());
  return await response.text();
}

interface Platform {
  platform: string;
  folders: string[];
  cases: DoorCase[];
  settings: Record<string, string>;
  /** What is sent for a sample, where that is not the sample itself. */
  body?(topic: string, sample: string): string;
  headers(topic: string, body: string, secret: string): Record<string, string> | Promise<Record<string, string>>;
  /** What the platform's own package says of a delivery: `true`, or what is wrong. WooCommerce has none that does. */
  judge?(body: string, headers: Record<string, string>): Promise<string>;
}

const PLATFORMS: Platform[] = [
  {
    platform: 'shopify', folders: ['shopify', 'shopify_derived', 'shopify_rest'], cases: SHOPIFY, settings: { shopDomain: 'test-shop.myshopify.com' }, body: unwrapped,
    headers: (topic, body, secret) => ({
      'x-shopify-topic': topic, 'x-shopify-hmac-sha256': base64(body, secret), 'x-shopify-shop-domain': 'test-shop.myshopify.com', 'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': 'w1', 'x-shopify-event-id': `event of ${topic}`, 'x-shopify-triggered-at': '2026-11-22T08:00:00Z',
    }),
    judge: (body, headers) => askSigner('shopify', body, SECRET, headers),
  },
  {
    platform: 'woocommerce', folders: ['woocommerce'], cases: WOOCOMMERCE, settings: { storeUrl: 'https://example.com' },
    headers: (topic, body, secret) => ({
      'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': base64(body, secret), 'x-wc-webhook-source': 'https://example.com/', 'x-wc-webhook-id': '142',
      'x-wc-webhook-delivery-id': 'c0ffee', 'x-wc-webhook-resource': topic.split('.')[0] ?? '', 'x-wc-webhook-event': topic.split('.')[1] ?? '',
    }),
  },
  {
    platform: 'stripe', folders: ['stripe', 'stripe_pay', 'stripe_objects'], cases: STRIPE, settings: {}, body: asEvent,
    headers: async (_topic, body, secret) => ({ 'stripe-signature': await askSigner('stripe', body, secret) }),
  },
];

/** Some samples are events, some what an event holds, some the object it is about. */
function asEvent(topic: string, sample: string): string {
  const found = z.looseObject({ object: z.unknown() }).parse(JSON.parse(sample));
  if (found.object === 'event' && found['type'] !== undefined) return sample;
  const data = typeof found.object === 'object' ? found : { object: found };
  return JSON.stringify({ id: 'evt_wrapped', object: 'event', created: 1_800_000_000, type: topic, data });
}

/** Its REST API puts a resource under its name; a webhook sends it bare. */
function unwrapped(_topic: string, sample: string): string {
  const [only, ...more] = Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(JSON.parse(sample)));
  return only !== undefined && more.length === 0 && ['order', 'refund', 'customer'].includes(only[0]) ? JSON.stringify(only[1]) : sample;
}

interface Door {
  ctx: TenantContext;
  path: string;
  integrationId: string;
}

/** A company of its own, with the platform connected. */
async function open(companyId: string, { platform, settings }: Platform): Promise<Door> {
  const ctx = systemContext(env, companyId);
  const made = await createIntegration(ctx, { platform, settings: { ...settings, webhookSecret: SECRET } });
  return { ctx, path: made.webhookPath, integrationId: made.id };
}

/** Some at a time: as many as a busy test machine's Postgres bears. */
async function together<Item>(items: readonly Item[], work: (item: Item, index: number) => Promise<void>): Promise<void> {
  const left = items.entries();
  await Promise.all(Array.from({ length: 10 }, async () => {
    for (const [index, item] of left) await work(item, index);
  }));
}

async function newCompanies(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  const owner = openDatabase({ url: TEST_OWNER_URL, endpoint: NEON_ENDPOINT });
  await together(ids, (id) => owner.tenant(id).run(sql`with c as (insert into companies (id, slug, name, currency, time_zone)
    values (${id}, ${id}, 'Door', 'USD', 'UTC') returning id) insert into tenant_clock (company_id) select id from c`));
  return ids;
}

/** As a platform does: sent again while we say that we cannot take it. */
async function post(path: string, body: string, headers: Record<string, string>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const response = await SELF.fetch(`https://perennial.test${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    await response.arrayBuffer();
    if (response.status !== 503 || attempt === 10) return response.status;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What became of the last delivery of a topic: `processed`, or its end in words. */
async function settled({ ctx, integrationId }: Door, topic: string): Promise<string> {
  let end = '';
  await expect.poll(async () => {
    const delivery = (await listDeliveries(ctx, integrationId)).find((one) => one.topic === topic);
    end = delivery === undefined ? 'waiting' : delivery.state === 'processed' ? 'processed' : `${delivery.state.replace('_', ' ')}: ${delivery.detail ?? ''}`;
    return end.startsWith('waiting');
  }, { timeout: 30_000, interval: 50 }).toBe(false);
  return end;
}

const line = z.object({ line: z.string() });

/** Everything in the company's books, in words. */
async function books({ ctx }: Door): Promise<string[]> {
  const company = ctx.companyId;
  const day = (instant: string) => sql.raw(`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD')`);
  const lists = [
    sql`select t.kind || ' ' || t.external_id || ' ' || ${day('t.transaction_date')} || ' ' || t.currency || ' net ' || coalesce(t.given, t.goods - t.discount)
        || ' tax ' || t.tax || ' shipping ' || t.shipping || ': '
        || case when t.counted then 'counted' when k.parked then 'waits for order ' || t.order_external_id when t.source_counts then 'a sale, not counted' else 'not a sale' end as line
      from transactions t join transaction_keys k on k.company_id = t.company_id and k.source = t.source and k.external_id = t.external_id
      where t.company_id = ${company} order by t.kind, t.external_id`,
    sql`select 'paid by ' || string_agg(split_part(key, ':', 2), ' ' order by key) as line from payment_keys where company_id = ${company} group by sale_id having count(*) > 1 order by 1`,
    sql`select 'contract ' || external_id || ' ' || status || ' ' || currency || ' ' || monthly_amount || ' a month' as line from subscriptions
      where company_id = ${company} order by external_id`,
    sql`select 'event ' || e.type || ' ' || ${day('e.occurred_at')} || ' of ' || coalesce(regexp_replace(c.external_id, '^guest-.*', 'guest'), 'nobody') as line
      from events e left join customers c on c.company_id = e.company_id and c.id = e.customer_id where e.company_id = ${company} order by 1`,
    sql`select 'merge of ' || split_part(m.external_id, ':', 2) || ' into ' || k.external_id as line
      from customer_merges m join customers k on k.company_id = m.company_id and k.id = m.kept_id where m.company_id = ${company} order by 1`,
    sql`select 'request ' || kind || ' ' || ${day('requested_at')} || ' ' || state || coalesce(', due ' || ${day('due_at')}, '') as line
      from privacy_requests where company_id = ${company} order by 1`,
    sql`select 'connection ended ' || ${day('uninstalled_at')} as line from integrations where company_id = ${company} and uninstalled_at is not null`,
    sql`select 'customer ' || regexp_replace(external_id, '^guest-.*', 'guest') || ' ' || coalesce(name, 'without a name') as line
      from customers where company_id = ${company} and merged_into is null order by external_id`,
  ];
  return (await Promise.all(lists.map((list) => ctx.db.rows(line, list)))).flat().map((one) => one.line);
}

function payload(file: string): string {
  const text = files[file];
  if (text === undefined) throw new Error(`There is no fixture ${file}`);
  return text;
}

function bodyOf(platform: Platform, file: string, topic: string): string {
  return platform.body?.(topic, payload(file)) ?? payload(file);
}

const spoken = PLATFORMS.filter(({ platform }) => connectorFor(platform) !== null);

describe.skipIf(!haveFixtures).each(spoken.map((platform) => [platform.platform, platform] as const))('%s', (_name, platform) => {
  const doors = new Map<string, Door>();

  beforeAll(async () => {
    // Samples share ids, so each has books of its own; those that change nothing share books that stay empty.
    const [empty = '', ...companies] = await newCompanies(1 + platform.cases.length);
    const shared = await open(empty, platform);
    const refused: string[] = [];
    await together(platform.cases, async ({ file, topic, becomes }, index) => {
      const door = becomes === NOTHING ? shared : await open(companies[index] ?? '', platform);
      doors.set(file, door);
      const body = bodyOf(platform, file, topic);
      const headers = await platform.headers(topic, body, SECRET);
      const judged = (await platform.judge?.(body, headers)) ?? 'true';
      if (judged !== 'true') refused.push(`${file}: the platform's own package says ${judged}`);
      const status = await post(door.path, body, headers);
      if (status !== 200) refused.push(`${file}: ${status}`);
    });
    expect(refused).toEqual([]);
  });

  it('has a case for every sample', () => {
    const samples = Object.keys(files).filter((file) => platform.folders.includes(file.split('/')[0] ?? ''));
    expect(platform.cases.map(({ file }) => file).toSorted()).toEqual(samples.toSorted());
  });

  it.each(platform.cases.map((one) => [one.file, one] as const))('%s', async (file, { topic, becomes }) => {
    const door = doors.get(file);
    if (door === undefined) throw new Error('not opened');
    const end = await settled(door, topic);
    const about = end === 'processed' ? [] : [end];
    // A shop's erasure is a job of its own, after the delivery.
    await expect.poll(async () => [...about, ...(await books(door))], { timeout: 30_000, interval: 100 }).toEqual(becomes);
  });

  it('refuses what is unsigned, wrongly signed or changed on the way, and keeps nothing of it', async () => {
    const [companyId = ''] = await newCompanies(1);
    const door = await open(companyId, platform);
    const { file, topic } = platform.cases[0] ?? { file: '', topic: '' };
    const body = bodyOf(platform, file, topic);
    const signed = await platform.headers(topic, body, SECRET);
    const forged = await platform.headers(topic, body, 'another secret');
    const unsigned = Object.fromEntries(Object.entries(signed).filter(([header]) => !/hmac|signature/.test(header)));
    for (const [text, headers] of [[body, unsigned], [body, forged], [`${body} `, signed]] as const) {
      expect(await post(door.path, text, headers)).toBe(401);
      expect(await platform.judge?.(text, headers)).not.toBe('true');
    }
    expect(await listDeliveries(door.ctx, door.integrationId)).toEqual([]);
  });
});

describe.skipIf(!haveFixtures)('WooCommerce, one order’s life', () => {
  it('greets, is paid, is refunded in part, changes later, is deleted and restored', async () => {
    const woo = PLATFORMS.find(({ platform }) => platform === 'woocommerce');
    if (woo === undefined) throw new Error('no WooCommerce');
    const [companyId = ''] = await newCompanies(1);
    const door = await open(companyId, woo);
    expect(await post(door.path, 'webhook_id=142', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(200);
    expect(await listIntegrations(door.ctx)).toMatchObject([{ acceptedTotal: 0, lastReceivedAt: null, greetedAt: expect.stringMatching(/^20/) }]);

    const send = async (topic: string, body: string, deliveries: number): Promise<string[]> => {
      expect(await post(door.path, body, await woo.headers(topic, body, SECRET))).toBe(200);
      await expect.poll(async () => (await listDeliveries(door.ctx, door.integrationId)).filter(({ state }) => state === 'processed').length, { timeout: 30_000, interval: 50 }).toBe(deliveries);
      return (await books(door)).filter((line) => !line.startsWith('customer'));
    };
    const order = (changes: Record<string, unknown>): string => JSON.stringify({ ...z.record(z.string(), z.unknown()).parse(JSON.parse(payload('woocommerce/order.updated.json'))), ...changes });
    const paid = 'order 727 2017-03-22 USD net 1800 tax 135 shipping 1000: counted';
    // 10.00 of 18.00 goods and their 1.35 tax.
    const refund = 'refund refund:726 2017-03-24 USD net 930 tax 70 shipping 0: counted';
    const refunds = [{ id: 726, reason: '', total: '-10.00' }];

    expect(await send('order.updated', order({}), 1)).toEqual([paid]);
    expect(await send('order.updated', order({ refunds, date_modified_gmt: '2017-03-24T09:00:00' }), 2)).toEqual([paid, refund]);
    // The refund keeps the day it was first seen on.
    expect(await send('order.updated', order({ refunds, date_modified_gmt: '2017-03-30T09:00:00' }), 3)).toEqual([paid, refund]);
    const [deleted, ofDeleted] = await send('order.deleted', '{"id":727}', 4);
    expect([deleted, ofDeleted]).toEqual([paid.replace('counted', 'not a sale'), refund.replace('counted', 'a sale, not counted')]);
    expect(await send('order.restored', order({ refunds, date_modified_gmt: '2017-03-31T09:00:00' }), 5)).toEqual([paid, refund]);
    expect(await listIntegrations(door.ctx)).toMatchObject([{ greetedAt: null }]);
  });
});
