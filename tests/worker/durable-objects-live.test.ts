/** A tenant's live figures equal a recount through replays and evictions, and open pages are told, merged, four times a second at most. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { STAGES } from '#core/clv/lifecycle';
import type { CustomerContribution, DayTotals, Feed, Position, TenantClock } from '#core/live/feed';
import { parseServerMessage } from '#core/live/message-schema';
import type { CustomerChange, ServerMessage } from '#core/live/messages';
import type { Snapshot } from '#core/live/snapshot';
import { dayNumber, dayText } from '#core/calendar/days';
import { type LiveClient, livePort, openLiveSocket } from '#durable-objects/live-client';
import type { TenantAggregates } from '#durable-objects/tenant-aggregates';
import type { Job } from '#worker/ports';

const TODAY = dayNumber('2026-03-10');
const CLOCK: TenantClock = { currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: '2026-03-10', horizonDays: 365 };

function customer(n: number, change = 0): CustomerContribution {
  const lastDay = TODAY - (n % 400);
  return {
    id: `0191-${String(n).padStart(8, '0')}`, firstDay: dayText(lastDay - (n % 3) * 200), lastDay: dayText(lastDay), purchaseDays: 1 + (n % 4), orders: 1 + (n % 4),
    historicalValue: 1000 + n + change, predictedValue: 500 + n, recencyScore: 1 + (n % 5), frequencyScore: 1 + (n % 4), monetaryScore: 1 + (n % 3),
    stage: STAGES[n % STAGES.length] ?? null, name: `Customer ${n}`,
  };
}

function day(back: number): DayTotals {
  return { day: dayText(TODAY - back), orders: 2, gross: 3000, refunded: 100, buyers: 2, newCustomers: 1, unattributedOrders: 0, uncountedOrders: 0 };
}

function feed(from: Position, to: Position, rows: Partial<Feed> = {}): Feed {
  return { from, to, complete: true, clock: CLOCK, customers: [], days: [], ...rows };
}

function changeOf(n: number): CustomerChange {
  const { id, name, historicalValue, predictedValue, recencyScore, frequencyScore, monetaryScore, stage, orders } = customer(n);
  return { id, name, historicalValue, predictedValue, recencyScore, frequencyScore, monetaryScore, stage, orders };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const windowOf = (snapshot: Snapshot, days: number) => snapshot.windows.find((window) => window.days === days);

function tenant(): { companyId: string; live: LiveClient } {
  const companyId = crypto.randomUUID();
  return { companyId, live: livePort(env, companyId) };
}

/** A tenant that is ready and empty. */
async function readyTenant(): Promise<ReturnType<typeof tenant>> {
  const made = tenant();
  await made.live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 0 }), []);
  return made;
}

/** Hears what an object would put on the queue, so that no consumer answers. */
async function listen(companyId: string): Promise<Job[]> {
  const jobs: Job[] = [];
  await runInDurableObject(env.TENANT_AGGREGATES.getByName(companyId), (instance: TenantAggregates) => {
    Reflect.set(instance, 'env', { LIVE_HUB: env.LIVE_HUB, JOBS: { send: (job: Job) => { jobs.push(job); return Promise.resolve(); } } });
  });
  return jobs;
}

/** One open page: its messages with the time they came. */
class Page {
  socket: WebSocket;
  heard: { at: number; message: ServerMessage }[] = [];
  closed: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = parseServerMessage(String(data));
      if (message !== null) this.heard.push({ at: Date.now(), message });
    });
    socket.addEventListener('close', ({ code }) => { this.closed = code; });
    socket.accept();
  }

  of<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.heard.map(({ message }) => message).filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
  }

  async until(type: ServerMessage['type'], count = 1): Promise<void> {
    await vi.waitFor(() => { expect(this.of(type).length).toBeGreaterThanOrEqual(count); }, { timeout: 5000, interval: 10 });
  }
}

async function knock(ticket: string): Promise<Response> {
  return await openLiveSocket(env.LIVE_HUB, new Request(`http://localhost/api/v1/live?ticket=${encodeURIComponent(ticket)}`, { headers: { upgrade: 'websocket' } }));
}

async function open(live: LiveClient, userId = 'u1'): Promise<Page> {
  const response = await knock(await live.issueTicket(userId));
  if (response.webSocket === null) throw new Error(`no socket: ${response.status}`);
  return new Page(response.webSocket);
}

afterEach(() => {
  vi.useRealTimers();
});

describe('tenant aggregates', () => {
  it('starts with zeros that are not ready, and is ready after its first complete feed', async () => {
    const { companyId, live } = tenant();
    const jobs = await listen(companyId);
    expect(await live.position()).toEqual({ epoch: 0, seq: 0 });
    expect(await live.snapshot()).toMatchObject({ ready: false, updatedAt: null, value: { customers: 0 } });
    await live.snapshot();
    expect(jobs).toEqual([{ type: 'feed', companyId }]);
    expect(await live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 0 }), [])).toEqual({ epoch: 0, seq: 0 });
    expect(await live.snapshot()).toMatchObject({ ready: true, currency: 'EUR', asOf: '2026-03-10', live: false });
  });

  it('counts a feed once whatever is repeated, and stays where it was on waking', async () => {
    const { companyId, live } = tenant();
    const first = feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 10 }, { customers: range(50).map((n) => customer(n)), days: range(3).map(day) });
    const second = feed({ epoch: 1, seq: 10 }, { epoch: 1, seq: 12 }, { customers: [customer(7, 5000)], days: [{ ...day(0), gross: 4000 }] });
    expect(await live.apply(second, [])).toEqual({ epoch: 0, seq: 0 });
    await live.apply(first, []);
    expect(await live.apply(first, [])).toEqual({ epoch: 1, seq: 10 });
    await Promise.all([live.apply(second, []), live.apply(second, []), live.apply(first, [])]);
    const expected = {
      epoch: 1, seq: 12,
      value: {
        customers: 50, historicalValue: 50 * 1000 + 1225 + 5000, predictedValue: 50 * 500 + 1225, totalValue: 50 * 1500 + 2 * 1225 + 5000,
      },
    };
    const before = await live.snapshot();
    expect(before).toMatchObject(expected);
    expect(windowOf(before, 7)).toMatchObject({ gross: 10_000, net: 9700, orders: 6, averageOrderValue: 1617 });
    await evictDurableObject(env.TENANT_AGGREGATES.getByName(companyId));
    expect(await live.snapshot()).toEqual(before);
    await live.apply(second, []);
    expect(await live.snapshot()).toEqual(before);
  });

  it('serves the last complete figures while a new epoch is built in pages, also over an eviction', async () => {
    const { companyId, live } = tenant();
    await live.apply(feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 5 }, { customers: range(20).map((n) => customer(n)), days: [day(0)] }), []);
    await live.apply(feed({ epoch: 2, seq: 0 }, { epoch: 2, seq: 50 }, { complete: false, customers: range(10).map((n) => customer(n)) }), []);
    expect(await live.snapshot()).toMatchObject({ ready: false, epoch: 1, seq: 5, value: { customers: 20 } });
    await evictDurableObject(env.TENANT_AGGREGATES.getByName(companyId));
    expect(await live.snapshot()).toMatchObject({ ready: false, epoch: 1, value: { customers: 20 } });
    expect(await live.position()).toEqual({ epoch: 2, seq: 50 });
    await live.apply(feed({ epoch: 2, seq: 50 }, { epoch: 2, seq: 60 }, { customers: [customer(10)] }), []);
    const rebuilt = await live.snapshot();
    expect(rebuilt).toMatchObject({ ready: true, epoch: 2, seq: 60, value: { customers: 11 } });
    expect(windowOf(rebuilt, 1)).toMatchObject({ gross: 0, orders: 0 });
  });

  it('can be told to start over when the database went back in time', async () => {
    const { live } = tenant();
    await live.apply(feed({ epoch: 5, seq: 0 }, { epoch: 5, seq: 9 }, { customers: range(4).map((n) => customer(n)) }), []);
    const restored = feed({ epoch: 3, seq: 0 }, { epoch: 3, seq: 2 }, { customers: [customer(1)] });
    expect(await live.apply(restored, [])).toEqual({ epoch: 5, seq: 9 });
    expect(await live.reset()).toEqual({ epoch: 0, seq: 0 });
    expect(await live.snapshot()).toMatchObject({ ready: false, value: { customers: 4 } });
    expect(await live.apply(restored, [])).toEqual({ epoch: 3, seq: 2 });
    expect(await live.snapshot()).toMatchObject({ ready: true, value: { customers: 1 } });
  });

  it('undoes a feed that fails half-way and goes on as if it had never come', async () => {
    const { live } = tenant();
    await live.apply(feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 5 }, { customers: [customer(1)] }), []);
    const before = await live.snapshot();
    const broken = feed({ epoch: 1, seq: 5 }, { epoch: 1, seq: 6 }, { customers: [customer(2), { ...customer(3), firstDay: 'never' }] });
    await expect(live.apply(broken, [])).rejects.toThrow('Not a calendar day');
    expect(await live.snapshot()).toEqual(before);
    await live.apply(feed({ epoch: 1, seq: 5 }, { epoch: 1, seq: 6 }, { customers: [customer(2)] }), []);
    expect(await live.snapshot()).toMatchObject({ seq: 6, value: { customers: 2 } });
  });

  it('asks for the feed again when a complete one does not come', async () => {
    const { companyId, live } = tenant();
    const jobs = await listen(companyId);
    const stub = env.TENANT_AGGREGATES.getByName(companyId);
    await live.position();
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(jobs).toEqual([{ type: 'feed', companyId }]);
    await live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 4 }), []);
    await runDurableObjectAlarm(stub);
    expect(jobs).toHaveLength(1);
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });

  it('moves its windows on at the midnight of the tenant and tells open pages', async () => {
    const { companyId, live } = tenant();
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2036-03-10T22:59:00Z') });
    const clock = { ...CLOCK, analysisDate: null };
    await live.apply(feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 5 }, { clock, days: [{ ...day(0), day: '2036-03-10' }] }), []);
    expect(windowOf(await live.snapshot(), 1)).toMatchObject({ orders: 2, gross: 3000 });
    const page = await open(live);
    await page.until('snapshot');
    vi.setSystemTime(new Date('2036-03-10T23:00:00Z'));
    await runDurableObjectAlarm(env.TENANT_AGGREGATES.getByName(companyId));
    await page.until('kpi');
    const turned = page.of('kpi')[0]?.snapshot;
    expect(turned).toMatchObject({ asOf: '2036-03-11', live: true });
    expect(turned && windowOf(turned, 1)).toMatchObject({ orders: 0, previous: { orders: 2 } });
  });

  it('holds 100,000 customers and answers in milliseconds', async () => {
    const { companyId, live } = tenant();
    const size = 5000;
    const started = performance.now();
    for (let start = 0; start < 100_000; start += size) {
      const customers = range(size).map((n) => customer(start + n));
      await live.apply(feed({ epoch: 1, seq: start }, { epoch: 1, seq: start + size }, { customers, days: range(800).map(day), complete: start + size === 100_000 }), []);
    }
    const built = performance.now() - started;
    const small = performance.now();
    for (let n = 0; n < 20; n += 1) {
      const from = 100_000 + n;
      await live.apply(feed({ epoch: 1, seq: from }, { epoch: 1, seq: from + 1 }, { customers: range(100).map((k) => customer(k * 900 + n, n)), days: [day(0)] }), []);
    }
    const applied = (performance.now() - small) / 20;
    let computed = 0;
    await runInDurableObject(env.TENANT_AGGREGATES.getByName(companyId), (instance: TenantAggregates) => {
      const at = instance.position(companyId);
      const before = performance.now();
      // Another analysis date each time: nothing computed before can be used.
      for (let n = 0; n < 20; n += 1) {
        instance.apply(companyId, feed(at, at, { clock: { ...CLOCK, analysisDate: dayText(TODAY + 1 + n) } }), []);
        instance.snapshot(companyId);
      }
      computed = (performance.now() - before) / 20;
    });
    await evictDurableObject(env.TENANT_AGGREGATES.getByName(companyId));
    const waking = performance.now();
    const snapshot = await live.snapshot();
    const woken = performance.now() - waking;
    console.log(`aggregates: built in ${Math.round(built)} ms, ${applied.toFixed(1)} ms a feed of 100, ${computed.toFixed(2)} ms to write and compute a snapshot, ${woken.toFixed(1)} ms on waking`);
    expect(snapshot.value.customers).toBe(100_000);
    expect(snapshot.stages.reduce((sum, stage) => sum + stage.customers, 0)).toBe(100_000);
    expect(snapshot.cells.reduce((sum, cell) => sum + cell.customers, 0)).toBe(100_000);
    expect(computed).toBeLessThan(5);
  });
});

describe('live hub', () => {
  it('opens a socket with a ticket once, and only within 30 seconds', async () => {
    const { companyId, live } = await readyTenant();
    const ticket = await live.issueTicket('u1');
    expect((await knock(ticket)).status).toBe(101);
    expect((await knock(ticket)).status).toBe(401);
    expect((await knock(`${companyId}.${'A'.repeat(32)}`)).status).toBe(401);
    await expect(knock('nonsense')).rejects.toMatchObject({ code: 'unauthenticated' });
    const elsewhere = tenant();
    expect((await knock((await live.issueTicket('u1')).replace(companyId, elsewhere.companyId))).status).toBe(401);
    const old = await live.issueTicket('u1');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await knock(old)).status).toBe(401);
  });

  it('keeps a ticket over an eviction and answers 426 to what is no socket', async () => {
    const { companyId, live } = await readyTenant();
    const ticket = await live.issueTicket('u1');
    await evictDurableObject(env.LIVE_HUB.getByName(companyId));
    expect((await env.LIVE_HUB.getByName(companyId).fetch(`http://localhost/?ticket=${ticket}`)).status).toBe(426);
    expect((await knock(ticket)).status).toBe(101);
  });

  it('sends a snapshot first, then figures and customers of a feed at once', async () => {
    const { live } = await readyTenant();
    await live.apply(feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 1 }, { customers: [customer(1)] }), []);
    const page = await open(live);
    await page.until('snapshot');
    expect(page.of('snapshot')[0]?.snapshot).toEqual(await live.snapshot());
    await new Promise((done) => setTimeout(done, 1100));
    const started = Date.now();
    await live.apply(feed({ epoch: 1, seq: 1 }, { epoch: 1, seq: 2 }, { customers: [customer(2)] }), [changeOf(2)]);
    await page.until('customer');
    expect(Date.now() - started).toBeLessThan(200);
    expect(page.of('kpi')[0]?.snapshot).toMatchObject({ seq: 2, value: { customers: 2 } });
    expect(page.of('customer')[0]?.customers).toEqual([changeOf(2)]);
  });

  it('merges a flood to four messages in any second, for a page that asks again as well, and ends with the newest', async () => {
    const { live } = await readyTenant();
    await live.apply(feed({ epoch: 1, seq: 0 }, { epoch: 1, seq: 1 }), []);
    const pages = [await open(live), await open(live), await open(live, 'u2')];
    const asking = pages[2];
    for (let n = 1; n <= 120; n += 1) {
      await live.apply(feed({ epoch: 1, seq: n }, { epoch: 1, seq: n + 1 }, { customers: [customer(n)] }), [changeOf(n)]);
      await live.publish([{ type: 'import', importId: 'i1', state: 'running', linesRead: n, linesTotal: 120, rejected: 0 }]);
      if (n % 3 === 0) asking?.socket.send(JSON.stringify({ type: 'resync' }));
      await new Promise((done) => setTimeout(done, 20));
    }
    await new Promise((done) => setTimeout(done, 1200));
    for (const page of pages) {
      for (const { at } of page.heard) {
        // 20 ms of the span are left to delivery on a busy machine.
        expect(page.heard.filter((other) => other.at >= at && other.at < at + 980).length).toBeLessThanOrEqual(4);
      }
      expect(page.of('kpi').at(-1)?.snapshot.seq).toBe(121);
      expect(page.of('import').at(-1)?.linesRead).toBe(120);
      const told = new Set(page.of('customer').flatMap(({ customers }) => customers.map(({ id }) => id)));
      expect(told.size).toBe(120);
    }
    expect(asking?.of('snapshot').length).toBeGreaterThan(2);
    expect(pages[0]?.of('snapshot').length).toBe(1);
  });

  it('goes on after hibernation: broadcasts, asked snapshots, pings', async () => {
    const { companyId, live } = await readyTenant();
    const page = await open(live);
    await page.until('snapshot');
    await evictDurableObject(env.LIVE_HUB.getByName(companyId), { webSockets: 'hibernate' });
    await live.publish([{ type: 'segment', segmentId: 's1', count: 4, at: '2026-03-10T12:00:00Z' }]);
    await page.until('segment');
    page.socket.send('not json');
    page.socket.send(JSON.stringify({ type: 'resync' }));
    await page.until('snapshot', 2);
    const pong = new Promise((answer) => page.socket.addEventListener('message', ({ data }) => { if (data === 'pong') answer(true); }));
    page.socket.send('ping');
    expect(await pong).toBe(true);
  });

  it('says goodbye to the pages of one user and voids the tickets', async () => {
    const { live } = await readyTenant();
    const [leaving, staying] = [await open(live, 'leaving'), await open(live, 'staying')];
    const ticket = await live.issueTicket('leaving');
    await Promise.all([leaving.until('snapshot'), staying.until('snapshot')]);
    await live.disconnect('leaving');
    await leaving.until('bye');
    await vi.waitFor(() => { expect(leaving.closed).toBe(4001); });
    expect(leaving.of('bye')).toEqual([{ type: 'bye', reason: 'signed_out' }]);
    expect((await knock(ticket)).status).toBe(401);
    expect(staying.closed).toBeNull();
  });

  it('drops pages that have been silent for minutes', async () => {
    const { companyId, live } = await readyTenant();
    const page = await open(live);
    await page.until('snapshot');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 200_000 });
    await runDurableObjectAlarm(env.LIVE_HUB.getByName(companyId));
    await page.until('bye');
    expect(page.of('bye')[0]?.reason).toBe('too_slow');
    await vi.waitFor(() => { expect(page.closed).toBe(4008); });
  });

  it('reaches a thousand pages', async () => {
    const { live } = await readyTenant();
    const sockets: WebSocket[] = [];
    let snapshots = 0;
    let notified = 0;
    for (let n = 0; n < 1000; n += 50) {
      const responses = await Promise.all(range(50).map(async (k) => await knock(await live.issueTicket(`u${n + k}`))));
      for (const { webSocket } of responses) {
        if (webSocket === null) throw new Error('no socket');
        webSocket.addEventListener('message', ({ data }) => {
          if (String(data).startsWith('{"type":"snapshot"')) snapshots += 1;
          if (String(data).startsWith('{"type":"notification"')) notified += 1;
        });
        webSocket.accept();
        sockets.push(webSocket);
      }
    }
    await vi.waitFor(() => { expect(snapshots).toBe(1000); }, { timeout: 20_000 });
    const started = performance.now();
    await live.publish([{ type: 'notification', id: 'n1', title: 'Hello', at: '2026-03-10T12:00:00Z' }]);
    await vi.waitFor(() => { expect(notified).toBe(1000); }, { timeout: 20_000, interval: 5 });
    console.log(`live hub: a message reached 1,000 pages in ${Math.round(performance.now() - started)} ms`);
    for (const socket of sockets) socket.close(1000);
  });
});
