/** A tenant's live figures equal a recount through replays, evictions and midnights. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dayText } from '#core/calendar/days';
import type { Snapshot } from '#core/live/snapshot';
import type { TenantAggregates } from '#durable-objects/tenant-aggregates';
import type { Job } from '#worker/ports';
import { CLOCK, customer, day, feed, open, range, tenant, TODAY } from './live-tenant.ts';

const windowOf = (snapshot: Snapshot, days: number) => snapshot.windows.find((window) => window.days === days);

/** Hears what an object would put on the queue, so that no consumer answers. */
async function listen(companyId: string): Promise<Job[]> {
  const jobs: Job[] = [];
  await runInDurableObject(env.TENANT_AGGREGATES.getByName(companyId), (instance: TenantAggregates) => {
    Reflect.set(instance, 'env', { LIVE_HUB: env.LIVE_HUB, JOBS: { send: (job: Job) => { jobs.push(job); return Promise.resolve(); } } });
  });
  return jobs;
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
    await live.reset();
    expect(await live.position()).toEqual({ epoch: 0, seq: 0 });
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
    await vi.waitFor(async () => { expect(await runDurableObjectAlarm(stub)).toBe(true); }, { timeout: 10_000, interval: 250 });
    expect(jobs).toEqual([{ type: 'feed', companyId }]);
    await live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 4 }), []);
    await runDurableObjectAlarm(stub);
    expect(jobs).toHaveLength(1);
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });

  it('sets no alarm for a feed that comes at once', async () => {
    const { companyId, live } = tenant();
    await live.position();
    await live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 4 }), []);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(await runDurableObjectAlarm(env.TENANT_AGGREGATES.getByName(companyId))).toBe(false);
  });

  it('asks for a feed when a page looks after waking, since it cannot know what it missed', async () => {
    const { companyId, live } = tenant();
    await live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 4 }, { customers: [customer(1)] }), []);
    expect(await live.snapshot()).toMatchObject({ ready: true, seq: 4 });
    await evictDurableObject(env.TENANT_AGGREGATES.getByName(companyId));
    const jobs = await listen(companyId);
    expect(await live.snapshot()).toMatchObject({ ready: true, seq: 4 });
    await live.snapshot();
    expect(jobs).toEqual([{ type: 'feed', companyId }]);
    await live.apply(feed({ epoch: 0, seq: 4 }, { epoch: 0, seq: 4 }), []);
    await live.snapshot();
    expect(jobs).toHaveLength(1);
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

  it('tells the hub of changes from the first page that comes until one that nobody hears', async () => {
    const { companyId, live } = tenant();
    const told: number[] = [];
    let pages = 0;
    await runInDurableObject(env.TENANT_AGGREGATES.getByName(companyId), (instance: TenantAggregates) => {
      const hub = { publish: () => { told.push(pages); return Promise.resolve(pages > 0); } };
      Reflect.set(instance, 'env', { LIVE_HUB: { getByName: () => hub }, JOBS: { send: () => Promise.resolve() } });
    });
    let seq = 0;
    const change = async (): Promise<void> => {
      await live.apply(feed({ epoch: 0, seq }, { epoch: 0, seq: ++seq }, { customers: [customer(seq)] }), []);
    };
    const watch = (): Promise<unknown> => runInDurableObject(env.TENANT_AGGREGATES.getByName(companyId), (instance: TenantAggregates) => instance.watch(companyId));
    await change();
    expect(told).toEqual([]);
    await watch();
    pages = 1;
    await change();
    await change();
    expect(told).toEqual([1, 1]);
    pages = 0;
    await change();
    await change();
    expect(told).toEqual([1, 1, 0]);
    await watch();
    pages = 1;
    await change();
    expect(told).toEqual([1, 1, 0, 1]);
  });
});
