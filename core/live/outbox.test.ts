/** One socket gets at most four messages in any second, and never an older state than it had. */
import { describe, expect, it } from 'vitest';
import { emptyAggregates } from './aggregates.ts';
import { MAX_CUSTOMERS, Outbox } from './outbox.ts';
import { snapshotOf } from './snapshot-of.ts';
import type { CustomerChange, ServerMessage } from './messages.ts';

const base = snapshotOf(emptyAggregates(), new Date('2026-03-10T12:00:00Z'), () => new Map());

function kpi(seq: number): ServerMessage {
  return { type: 'kpi', snapshot: { ...base, epoch: 1, seq }, at: '2026-03-10T12:00:00Z' };
}

function change(id: string, orders: number): CustomerChange {
  return { id, name: null, historicalValue: 0, predictedValue: 0, recencyScore: 0, frequencyScore: 0, monetaryScore: 0, stage: null, orders };
}

function customers(...changes: CustomerChange[]): ServerMessage {
  return { type: 'customer', customers: changes, at: '2026-03-10T12:00:00Z' };
}

/** Most messages in any span of one second. */
function busiestSecond(times: number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}

describe('outbox', () => {
  it('sends the figures and the customer of one order at once', () => {
    const outbox = new Outbox();
    outbox.add(kpi(1));
    outbox.add(customers(change('a', 1)));
    expect(outbox.take(0)?.type).toBe('kpi');
    expect(outbox.take(0)?.type).toBe('customer');
    expect(outbox.take(0)).toBeNull();
  });

  it('keeps to four messages in any second under a flood, and ends with the newest', () => {
    const outbox = new Outbox();
    const times: number[] = [];
    let lastSeq = 0;
    for (let now = 0; now < 10_000; now += 7) {
      if (now < 8000) {
        outbox.add(kpi(now + 1));
        outbox.add(customers(change(`c${now % 31}`, now)));
        if (now % 5 === 0) outbox.add({ type: 'import', importId: 'i', state: 'running', linesRead: now, linesTotal: null, rejected: 0 });
      }
      for (let message = outbox.take(now); message !== null; message = outbox.take(now)) {
        times.push(now);
        if (message.type === 'kpi') lastSeq = message.snapshot.seq;
      }
    }
    expect(busiestSecond(times)).toBeLessThanOrEqual(4);
    expect(times.length).toBeGreaterThan(24);
    expect(lastSeq).toBe(7 * Math.floor(7999 / 7) + 1);
    expect(outbox.size).toBe(0);
  });

  it('leaves room for a snapshot that one socket gets for itself', () => {
    const outbox = new Outbox();
    const times: number[] = [];
    let joined = -1;
    for (let now = 0; now < 5000; now += 5) {
      outbox.add(kpi(now));
      while (outbox.take(now) !== null) times.push(now);
      if (now >= 2100 && joined < 0 && outbox.reserveDirect(now) === 0) {
        joined = now;
        outbox.noteDirect(now);
        times.push(now);
      }
    }
    expect(joined).toBeGreaterThanOrEqual(2100);
    expect(busiestSecond(times)).toBeLessThanOrEqual(4);
  });

  it('never puts an older state over a newer one', () => {
    const outbox = new Outbox();
    outbox.add(kpi(9));
    outbox.add(kpi(7));
    const message = outbox.take(0);
    expect(message?.type === 'kpi' && message.snapshot.seq).toBe(9);
  });

  it('merges customers by id, the newest of each and the latest two hundred', () => {
    const outbox = new Outbox();
    for (let n = 0; n < 300; n += 1) outbox.add(customers(change(`c${n}`, n), change('same', n)));
    const message = outbox.take(0);
    if (message?.type !== 'customer') throw new Error('expected customers');
    expect(message.customers).toHaveLength(MAX_CUSTOMERS);
    expect(message.customers.filter(({ id }) => id === 'same')).toEqual([change('same', 299)]);
    expect(new Set(message.customers.map(({ id }) => id)).size).toBe(MAX_CUSTOMERS);
  });
});
