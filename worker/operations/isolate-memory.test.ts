/** Lookups: remembered, kept for outages, asked once by a burst. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { InboxOwner, InboxPort } from '#worker/ports';
import type { CachedLookup } from './isolate-memory.ts';
import { lookUp, TimedMap } from './isolate-memory.ts';

const owner: InboxOwner = { kind: 'api', companyId: 'c' };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function setUp(first: boolean) {
  const kept = new Map<string, string>();
  let now = 0;
  let loads = 0;
  let down = false;
  const port: Pick<InboxPort, 'recall' | 'remember'> = {
    recall: (_, key) => Promise.resolve(kept.get(key) ?? null),
    remember: (_, key, value) => Promise.resolve(void kept.set(key, value)),
  };
  const lookup: CachedLookup<string> = {
    memory: new TimedMap(), key: 'k', seconds: 60, clock: { now: () => new Date(now) }, log: silent,
    inbox: { port, owner, shape: z.string(), seconds: 600, first },
    load() {
      loads += 1;
      return down ? Promise.reject(new AppError('unavailable', 'down')) : Promise.resolve('value');
    },
  };
  return { lookup, kept, pass: (seconds: number) => { now += seconds * 1000; }, loads: () => loads, cut: () => { down = true; } };
}

describe('looking up', () => {
  it('asks once for a burst, and again only when memory has run out', async () => {
    const { lookup, pass, loads } = setUp(false);
    expect(await Promise.all(Array.from({ length: 100 }, () => lookUp(lookup)))).toEqual(Array.from({ length: 100 }, () => 'value'));
    expect(loads()).toBe(1);
    pass(61);
    await lookUp(lookup);
    expect(loads()).toBe(2);
  });

  it('does not keep an answer that was on its way when what is known was taken back', async () => {
    const { lookup, loads } = setUp(false);
    for (const forget of [() => { lookup.memory.delete('k'); }, () => { lookup.memory.clear(); }]) {
      const before = loads();
      const asked = lookUp(lookup);
      forget();
      expect(await asked).toBe('value');
      await lookUp(lookup);
      expect(loads()).toBe(before + 2);
      lookup.memory.clear();
    }
  });

  it('answers from the inbox while Postgres is down', async () => {
    const { lookup, pass, cut } = setUp(false);
    await lookUp(lookup);
    cut();
    pass(3600);
    expect(await lookUp(lookup)).toBe('value');
  });

  it('does not ask Postgres for what the inbox knows when that may come first', async () => {
    const { lookup, pass, loads, kept } = setUp(true);
    await lookUp(lookup);
    pass(61);
    expect([await lookUp(lookup), loads()]).toEqual(['value', 1]);
    kept.clear();
    pass(61);
    expect([await lookUp(lookup), loads()]).toEqual(['value', 2]);
  });

  it('asks Postgres before it takes what has aged otherwise than by time', async () => {
    const { lookup, pass, loads, kept, cut } = setUp(true);
    if (lookup.inbox !== null) lookup.inbox.judge = (value) => (value === 'value' ? 'good' : value === 'older' ? 'stale' : 'useless');
    kept.set('k', '"older"');
    expect([await lookUp(lookup), loads(), kept.get('k')]).toEqual(['value', 1, '"value"']);
    pass(61);
    expect([await lookUp(lookup), loads()]).toEqual(['value', 1]);
    cut();
    pass(61);
    kept.set('k', '"older"');
    expect(await lookUp(lookup)).toBe('older');
    pass(61);
    kept.set('k', '"of a key that is gone"');
    await expect(lookUp(lookup)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails when nobody can tell, and asks again afterwards', async () => {
    const { lookup, cut, loads } = setUp(true);
    cut();
    await expect(lookUp(lookup)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(lookUp(lookup)).rejects.toMatchObject({ code: 'unavailable' });
    expect(loads()).toBe(2);
  });

  it('forgets the oldest when it is full', () => {
    const map = new TimedMap<number>(2);
    const now = new Date(0);
    map.set('a', 1, 60, now);
    map.set('b', 2, 60, now);
    map.set('c', 3, 60, now);
    expect([map.get('a', now), map.get('b', now), map.get('c', now)]).toEqual([undefined, 2, 3]);
  });
});
