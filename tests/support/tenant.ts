/** A tenant on the test database with its ports in memory: for tests of operations without a Worker around them. */
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { emptyAggregates } from '#core/live/aggregates';
import type { FoldedCustomer } from '#core/live/aggregates';
import { beginEpoch, fitOf, fold } from '#core/live/fold';
import type { ServerMessage } from '#core/live/messages';
import { snapshotOf } from '#core/live/snapshot-of';
import { openDatabase } from '#data/tenant';
import type { LivePort, OutsidePort, TenantContext } from '#worker/ports';
import type { TestDatabase } from './database.ts';

export interface TestTenantSettings {
  currency?: string;
  timeZone?: string;
  countZeroOrders?: boolean;
  analysisDate?: string | null;
  /** Whether somebody looks (default true): then the live object is fed with every write. */
  isLookedAt?: boolean;
  now?: () => Date;
  /** Answers for the internet; without it nothing outside is reached. */
  outside?: OutsidePort['fetch'];
  /** Called at every named point of the pipeline; throw to fail there. */
  reach?: (point: string) => void;
}

/** A live object in memory, by the same fold as the real one. */
function memoryLive(now: () => Date): LivePort & { messages: ServerMessage[] } {
  const totals = emptyAggregates();
  const customers = new Map<string, FoldedCustomer>();
  const messages: ServerMessage[] = [];
  return {
    messages,
    async position() {
      return { ...totals.position };
    },
    async apply(feed) {
      const fit = fitOf(feed, totals.position);
      if (fit === 'refused') return { ...totals.position };
      if (fit === 'begins_epoch') {
        beginEpoch(totals);
        customers.clear();
      }
      const touched = fold(totals, feed, (id) => customers.get(id), now().toISOString());
      for (const [id, customer] of touched.customers) {
        if (customer === null) customers.delete(id);
        else customers.set(id, customer);
      }
      return { ...totals.position };
    },
    async snapshot() {
      return snapshotOf(totals, now(), (day) => {
        const later = new Map<number, number>();
        for (const c of customers.values()) {
          if (c.firstDay !== null && c.lastDay !== null && c.lastDay > day) later.set(c.firstDay, (later.get(c.firstDay) ?? 0) + 1);
        }
        return later;
      });
    },
    async customers() {
      return totals.building ? null : totals.total.customers;
    },
    async reset() {
      Object.assign(totals, emptyAggregates());
      customers.clear();
    },
    async publish(sent) {
      messages.push(...sent);
    },
    async issueTicket() {
      return 'ticket';
    },
  };
}

/** Makes a company and the context of its system actor. Files live in a map. */
export async function makeTestTenant(made: TestDatabase, settings: TestTenantSettings = {}): Promise<TenantContext & { live: ReturnType<typeof memoryLive>; fileMap: Map<string, Uint8Array<ArrayBuffer>> }> {
  const companyId = v7();
  const db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(companyId);
  await db.run(sql`with c as (insert into companies (id, slug, name, currency, time_zone, count_zero_orders, analysis_date)
    values (${companyId}, ${companyId}, 'Test', ${settings.currency ?? 'EUR'}, ${settings.timeZone ?? 'Europe/Berlin'}, ${settings.countZeroOrders ?? false}, ${settings.analysisDate ?? null}) returning id)
    insert into tenant_clock (company_id, looked_until) select id, ${settings.isLookedAt === false ? null : 'infinity'}::timestamptz from c`);
  const now = settings.now ?? (() => new Date());
  const fileMap = new Map<string, Uint8Array<ArrayBuffer>>();
  const unused = (name: string) => (): never => { throw new Error(`${name} is not part of this test`); };
  return {
    companyId, actor: { kind: 'system' }, askedFrom: { requestId: null, address: null, userAgent: null }, db, live: memoryLive(now), fileMap,
    inbox: {
      append: unused('inbox'), pull: unused('inbox'), finish: unused('inbox'), release: unused('inbox'), recent: unused('inbox'), stats: unused('inbox'),
      trace: unused('inbox'), remember: unused('inbox'), recall: unused('inbox'), waitingBodies: async () => [], forget: unused('inbox'),
    },
    jobs: { enqueue: async () => undefined, startNight: async () => undefined },
    files: {
      async put(key, body) {
        const bytes = new Uint8Array(await new Response(body).arrayBuffer());
        fileMap.set(key, bytes);
        return { size: bytes.length };
      },
      list: async (prefix) => [...fileMap.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key, uploadedAt: now().toISOString() })), remove: async (key) => { fileMap.delete(key); },
      async read(key, offset) {
        const bytes = fileMap.get(key);
        return bytes ? { body: new Blob([bytes.slice(offset)]).stream(), size: bytes.length } : null;
      },
    },
    mail: { send: unused('mail') }, sessions: { changed: () => undefined, ended: async () => undefined },
    outside: { fetch: settings.outside ?? unused('outside') },
    keys: { identityHash: async (email) => `hash of ${email}`, encrypt: unused('keys'), decrypt: unused('keys'), standing: unused('keys') },
    // Nothing here is a measurement: what a platform asks us to wait for passes at once.
    clock: { now, pause: async () => undefined }, log: { info: () => undefined, warn: () => undefined, error: console.error },
    failpoints: { reach: settings.reach ?? (() => undefined) },
  };
}
