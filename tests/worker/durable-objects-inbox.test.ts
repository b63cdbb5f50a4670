/** The inbox loses nothing through evictions, lost leases and repeated answers. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inboxCache, inboxPort } from '#durable-objects/inbox-client';
import { inboxName } from '#durable-objects/inbox-owner';
import type { Inbox } from '#durable-objects/inbox';
import type { AcceptedDelivery, InboxLease, InboxOwner, Job } from '#worker/ports';

const inbox = inboxPort(env.INBOX);
const ALL = { max: 1000, maxBytes: 10_000_000 };

/** Of companies that there are not: what a test leaves behind would be rung for, and refused, for as long as the Worker runs. */
const made: InboxOwner[] = [];

function inboxOf(owner: InboxOwner): InboxOwner {
  made.push(owner);
  return owner;
}

const someOwner = (): InboxOwner => inboxOf({ kind: 'integration', companyId: crypto.randomUUID(), integrationId: crypto.randomUUID(), platform: 'shopify' });
const apiOwner = (): InboxOwner => inboxOf({ kind: 'api', companyId: crypto.randomUUID() });

function delivery(id: string, body = `{"id":"${id}"}`): AcceptedDelivery {
  return { deliveryId: id, topic: 'orders/create', headers: { 'x-shopify-topic': 'orders/create' }, body, receivedAt: '2026-03-10T12:00:00.000Z' };
}

const stubOf = (owner: InboxOwner) => env.INBOX.getByName(inboxName(owner));

/** Hears the rings of one inbox in place of the queue, so that no consumer answers them. An eviction ends it. */
async function listen(owner: InboxOwner, rings: Job[] = []): Promise<Job[]> {
  await runInDurableObject(stubOf(owner), (instance: Inbox) => {
    Reflect.set(instance, 'env', { JOBS: { send: (job: Job) => { rings.push(job); return Promise.resolve(); } } });
  });
  return rings;
}

async function pull(owner: InboxOwner, limits = ALL): Promise<InboxLease> {
  const lease = await inbox.pull(owner, limits);
  if (lease === null) throw new Error('expected a lease');
  return lease;
}

const processed = (lease: InboxLease) => lease.deliveries.map(({ position }) => ({ position, outcome: 'processed' as const, detail: null }));
const ids = (lease: InboxLease | null): string[] => lease?.deliveries.map(({ deliveryId }) => deliveryId) ?? [];

/** Moves the clock; everything else keeps real time. */
function later(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
}

afterEach(async () => {
  vi.useRealTimers();
  for (const owner of made.splice(0)) {
    await runInDurableObject(stubOf(owner), async (_instance: Inbox, { storage }) => {
      await storage.deleteAlarm();
      await storage.deleteAll();
    });
    await evictDurableObject(stubOf(owner));
  }
});

describe('inbox', () => {
  it('keeps what it accepted in order and forgets it only when finished', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a'), delivery('b', 'größer 🎉')]);
    await inbox.append(owner, [delivery('c')]);
    expect(await inbox.stats(owner)).toEqual({
      waiting: 3, oldestReceivedAt: '2026-03-10T12:00:00.000Z', acceptedTotal: 3, lastReceivedAt: '2026-03-10T12:00:00.000Z',
    });
    const lease = await pull(owner);
    expect(lease.owner).toEqual(owner);
    expect(lease.deliveries).toEqual([delivery('a'), delivery('b', 'größer 🎉'), delivery('c')].map((sent, index) => ({ ...sent, position: index + 1, attempts: 0 })));
    expect(await inbox.pull(owner, ALL)).toBeNull();
    await inbox.finish(owner, lease.leaseId, [
      { position: 1, outcome: 'processed', detail: null }, { position: 2, outcome: 'dead_letter', detail: 'No amount' }, { position: 3, outcome: 'ignored', detail: 'Test order' },
    ]);
    expect(await inbox.pull(owner, ALL)).toBeNull();
    expect(await inbox.recent(owner, 2)).toMatchObject([
      { deliveryId: 'c', state: 'ignored', detail: 'Test order', bytes: 10 }, { deliveryId: 'b', state: 'dead_letter', detail: 'No amount', bytes: 13 },
    ]);
    expect(await inbox.stats(owner)).toMatchObject({ waiting: 0, acceptedTotal: 3, oldestReceivedAt: null });
  });

  it('pulls by count and by bytes, and one delivery at least', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, ['a', 'b', 'c', 'd'].map((id) => delivery(id, id.repeat(1000))));
    const first = await pull(owner, { max: 3, maxBytes: 2500 });
    expect(ids(first)).toEqual(['a', 'b']);
    await inbox.finish(owner, first.leaseId, processed(first));
    const second = await pull(owner, { max: 1, maxBytes: 10 });
    expect(ids(second)).toEqual(['c']);
    await inbox.finish(owner, second.leaseId, processed(second));
    expect(ids(await pull(owner))).toEqual(['d']);
  });

  it('hands a batch out again when the object was lost, and a late finish of the first holder still counts', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a'), delivery('b')]);
    const lost = await pull(owner);
    await evictDurableObject(stubOf(owner));
    await listen(owner);
    const second = await pull(owner);
    expect(ids(second)).toEqual(['a', 'b']);
    await inbox.release(owner, second.leaseId, 0);
    const third = await pull(owner);
    expect(third.deliveries.map(({ attempts }) => attempts)).toEqual([1, 1]);
    await inbox.append(owner, [delivery('c')]);
    await inbox.finish(owner, lost.leaseId, processed(lost));
    await inbox.finish(owner, third.leaseId, processed(third));
    await inbox.finish(owner, third.leaseId, processed(third));
    expect(await inbox.stats(owner)).toMatchObject({ waiting: 1, acceptedTotal: 3 });
    expect(ids(await pull(owner))).toEqual(['c']);
  });

  it('never uses a position again, so a repeated finish removes nothing else', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a')]);
    const lease = await pull(owner);
    await inbox.finish(owner, lease.leaseId, processed(lease));
    await evictDurableObject(stubOf(owner));
    await listen(owner);
    await inbox.append(owner, [delivery('b')]);
    await inbox.finish(owner, lease.leaseId, processed(lease));
    expect(ids(await pull(owner))).toEqual(['b']);
  });

  it('takes the lease from a consumer that went silent', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a')]);
    const silent = await pull(owner);
    later(59);
    expect(await inbox.pull(owner, ALL)).toBeNull();
    later(2);
    const next = await pull(owner);
    expect(next.deliveries[0]?.attempts).toBe(1);
    await inbox.release(owner, silent.leaseId, 0);
    expect(await inbox.pull(owner, ALL)).toBeNull();
  });

  it('keeps the lease until all of it is finished', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a'), delivery('b')]);
    const lease = await pull(owner);
    const [one, two] = processed(lease);
    if (one === undefined || two === undefined) throw new Error('expected two');
    await inbox.finish(owner, lease.leaseId, [one]);
    expect(await inbox.pull(owner, ALL)).toBeNull();
    await inbox.finish(owner, lease.leaseId, [two]);
    expect(await inbox.stats(owner)).toMatchObject({ waiting: 0 });
  });

  it('rings once for many deliveries, again after it was answered, and for what a consumer left', async () => {
    const owner = someOwner();
    const rings = await listen(owner);
    for (let n = 0; n < 20; n += 1) await inbox.append(owner, [delivery(`d${n}`)]);
    expect(rings).toEqual([{ type: 'inbox', owner }]);
    const lease = await pull(owner, { max: 5, maxBytes: 10_000 });
    await inbox.append(owner, [delivery('during the lease')]);
    expect(rings).toHaveLength(1);
    await inbox.finish(owner, lease.leaseId, processed(lease));
    await vi.waitFor(() => { expect(rings).toHaveLength(2); });
    const rest = await pull(owner);
    expect(rest.deliveries).toHaveLength(16);
    await inbox.finish(owner, rest.leaseId, processed(rest));
    await inbox.append(owner, [delivery('later')]);
    expect(rings).toHaveLength(3);
  });

  it('rings by alarm while anything waits, also when the ring and the object were lost', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a')]);
    await evictDurableObject(stubOf(owner));
    const rings = await listen(owner);
    expect(await runDurableObjectAlarm(stubOf(owner))).toBe(true);
    expect(rings).toEqual([{ type: 'inbox', owner }]);
    expect(await runDurableObjectAlarm(stubOf(owner))).toBe(true);
    expect(rings).toHaveLength(2);
    const lease = await pull(owner);
    expect(await runDurableObjectAlarm(stubOf(owner))).toBe(true);
    expect(rings).toHaveLength(2);
    await inbox.finish(owner, lease.leaseId, processed(lease));
    expect(rings).toHaveLength(2);
    expect(await runDurableObjectAlarm(stubOf(owner))).toBe(false);
  });

  it('re-arms although the queue refuses the ring', async () => {
    const owner = someOwner();
    await listen(owner);
    await inbox.append(owner, [delivery('a')]);
    await runInDurableObject(stubOf(owner), (instance: Inbox) => {
      Reflect.set(instance, 'env', { JOBS: { send: () => Promise.reject(new Error('queue is down')) } });
    });
    for (let n = 0; n < 8; n += 1) expect(await runDurableObjectAlarm(stubOf(owner))).toBe(true);
    const rings = await listen(owner);
    await runDurableObjectAlarm(stubOf(owner));
    expect(rings).toHaveLength(1);
  });

  it('is quiet after a release and rings when the delay is over', async () => {
    const owner = someOwner();
    const rings = await listen(owner);
    await inbox.append(owner, [delivery('a')]);
    const lease = await pull(owner);
    await inbox.release(owner, lease.leaseId, 30);
    await inbox.append(owner, [delivery('b')]);
    expect(await inbox.pull(owner, ALL)).toBeNull();
    expect(rings).toHaveLength(1);
    await runInDurableObject(stubOf(owner), async (_instance: Inbox, state) => {
      expect(((await state.storage.getAlarm()) ?? 0) - Date.now()).toBeGreaterThan(25_000);
    });
    later(31);
    await runDurableObjectAlarm(stubOf(owner));
    expect(rings).toHaveLength(2);
    expect(ids(await pull(owner))).toEqual(['a', 'b']);
  });

  it('refuses a body that no row can hold, and takes one of 1.9 MB', async () => {
    const owner = someOwner();
    await listen(owner);
    await expect(inbox.append(owner, [delivery('a', 'ü'.repeat(1_000_000))])).rejects.toMatchObject({ code: 'too_large' });
    await inbox.append(owner, [delivery('b', 'x'.repeat(1_900_000))]);
    expect((await pull(owner)).deliveries[0]?.body).toHaveLength(1_900_000);
  });

  it('keeps the last 500 traces of an integration, and API batches for seven days', async () => {
    const owners = [someOwner(), apiOwner()] as const;
    for (const owner of owners) {
      await listen(owner);
      await inbox.append(owner, Array.from({ length: 700 }, (_, n) => delivery(`d${n}`)));
      const lease = await pull(owner);
      await inbox.finish(owner, lease.leaseId, processed(lease));
    }
    const [integration, api] = owners;
    expect(await inbox.recent(integration, 1000)).toHaveLength(500);
    expect(await inbox.trace(integration, 'd0')).toBeNull();
    expect(await inbox.trace(api, 'd0')).toMatchObject({ state: 'processed' });
    expect((await inbox.stats(api)).acceptedTotal).toBe(700);
    later(8 * 86_400);
    await inbox.append(api, [delivery('new')]);
    expect(await inbox.trace(api, 'new')).toMatchObject({ state: 'waiting', finishedAt: null });
    const lease = await pull(api);
    await inbox.finish(api, lease.leaseId, processed(lease));
    expect(await inbox.trace(api, 'd0')).toBeNull();
    expect(await inbox.recent(api, 1000)).toHaveLength(500);
  });

  it('loses nothing under concurrent appends and consumers that vanish', async () => {
    const owner = someOwner();
    const seen = new Set<string>();
    const consume = async (round: number): Promise<void> => {
      const lease = await inbox.pull(owner, { max: 37, maxBytes: 100_000 });
      if (lease === null) return;
      // Every third consumer dies after its work and before saying so.
      for (const id of ids(lease)) seen.add(id);
      if (round % 3 === 0) await evictDurableObject(stubOf(owner)).catch(() => undefined);
      else await inbox.finish(owner, lease.leaseId, processed(lease));
    };
    for (let round = 0; round < 12; round += 1) {
      await listen(owner);
      await Promise.all(Array.from({ length: 40 }, (_, n) => inbox.append(owner, [delivery(`r${round}-${n}`)])));
      await consume(round);
    }
    while ((await inbox.stats(owner)).waiting > 0) await consume(1);
    expect(seen.size).toBe(480);
    expect((await inbox.stats(owner)).acceptedTotal).toBe(480);
  });

  it('remembers small values until their time is over, and does not begin to exist by being asked', async () => {
    const name = `integration:${crypto.randomUUID()}`;
    const cache = inboxCache(env.INBOX, name);
    expect(await cache.recall('secret')).toBeNull();
    await runInDurableObject(env.INBOX.getByName(name), (_instance: Inbox, state) => {
      expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'deliveries'").toArray()).toEqual([]);
    });
    await cache.remember('secret', 'sealed', 60);
    await evictDurableObject(env.INBOX.getByName(name));
    expect(await cache.recall('secret')).toBe('sealed');
    later(61);
    expect(await cache.recall('secret')).toBeNull();
    const owner = someOwner();
    await inbox.remember(owner, 'k', 'v', 60);
    expect(await inbox.recall(owner, 'k')).toBe('v');
    await inbox.forget(owner, 'k');
    expect(await inbox.recall(owner, 'k')).toBeNull();
  });

  it('accepts webhooks at a fair pace', async () => {
    const owner = someOwner();
    await listen(owner);
    const body = 'x'.repeat(4000);
    const started = performance.now();
    const count = 1000;
    for (let n = 0; n < count; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, k) => inbox.append(owner, [delivery(`w${n + k}`, body)])));
    }
    const perSecond = count / ((performance.now() - started) / 1000);
    console.log(`inbox: ${Math.round(perSecond)} appends of 4 KB a second`);
    expect((await inbox.stats(owner)).waiting).toBe(count);
  });
});
