/** Random feeds in pages, replayed, reordered and restarted, must equal a recount from the last rows. */
import { describe, expect, it } from 'vitest';
import { STAGES } from '#core/clv/lifecycle';
import { type Aggregates, type FoldedCustomer, emptyAggregates } from './aggregates.ts';
import type { CustomerContribution, DayTotals, Feed, Position, TenantClock } from './feed.ts';
import { beginEpoch, fitOf, fold } from './fold.ts';
import { type LaterBuyers, snapshotOf } from './snapshot-of.ts';
import { WINDOWS } from './snapshot.ts';
import { dayNumber, dayText } from '#core/calendar/days';

const NOW = new Date('2026-03-10T12:00:00Z');
const TODAY = dayNumber('2026-03-10');
const CLOCK: TenantClock = { currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: null, horizonDays: 365 };

/** mulberry32: small, seeded, good enough to shuffle with. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function someCustomer(random: (below: number) => number, id: string): CustomerContribution {
  const gone = random(12) === 0;
  const firstDay = TODAY - random(800) + 1;
  const lastDay = Math.min(TODAY + 2, firstDay + random(500));
  const scored = random(5) > 0;
  const score = (): number => (scored ? random(5) + 1 : 0);
  return {
    id,
    firstDay: gone ? null : dayText(firstDay),
    lastDay: gone ? null : dayText(Math.max(firstDay, lastDay)),
    purchaseDays: gone ? 0 : 1 + random(9),
    orders: gone ? 0 : 1 + random(20),
    historicalValue: gone ? 0 : random(1_000_000) - 1000,
    predictedValue: gone ? 0 : random(500_000),
    recencyScore: gone ? 0 : score(),
    frequencyScore: gone ? 0 : score(),
    monetaryScore: gone ? 0 : score(),
    stage: gone || !scored ? null : STAGES[random(STAGES.length)] ?? null,
    name: null,
  };
}

function someDay(random: (below: number) => number, day: number): DayTotals {
  const gross = random(1_000_000);
  return {
    day: dayText(day), orders: random(50), gross, refunded: random(gross + 1), buyers: random(40), newCustomers: random(9),
    unattributedOrders: random(3), uncountedOrders: random(2),
  };
}

/** Someone who keeps what a store keeps: totals and one row a customer. */
class Keeper {
  totals: Aggregates = emptyAggregates();
  customers = new Map<string, FoldedCustomer>();

  apply(feed: Feed): boolean {
    const fit = fitOf(feed, this.totals.position);
    if (fit === 'refused') return false;
    if (fit === 'begins_epoch') {
      beginEpoch(this.totals);
      this.customers.clear();
    }
    const touched = fold(this.totals, feed, (id) => this.customers.get(id), '2026-03-10T12:00:00Z');
    for (const [id, customer] of touched.customers) {
      if (customer === null) this.customers.delete(id);
      else this.customers.set(id, customer);
    }
    return true;
  }

  later: LaterBuyers = (day) => {
    const counts = new Map<number, number>();
    for (const { firstDay, lastDay } of this.customers.values()) {
      if (firstDay !== null && lastDay !== null && lastDay > day) counts.set(firstDay, (counts.get(firstDay) ?? 0) + 1);
    }
    return counts;
  };
}

/** Rows as Postgres would hold them: each with the sequence it was last stamped with. */
class Truth {
  seq = 0;
  customers = new Map<string, { seq: number; row: CustomerContribution }>();
  days = new Map<string, { seq: number; row: DayTotals }>();

  change(random: (below: number) => number): void {
    this.seq += 1;
    for (let n = random(4); n >= 0; n -= 1) {
      const row = someCustomer(random, `c${random(60)}`);
      this.customers.set(row.id, { seq: this.seq, row });
    }
    const row = someDay(random, TODAY + 1 - random(760));
    this.days.set(row.day, { seq: this.seq, row });
  }

  /** Everything stamped after `from`, a page of `size` sequence values. */
  feed(from: Position, epoch: number, size: number): Feed {
    const start = from.epoch === epoch ? from.seq : 0;
    const end = Math.min(this.seq, start + size);
    const within = <T>(rows: Iterable<{ seq: number; row: T }>): T[] =>
      [...rows].filter(({ seq }) => seq > start && seq <= end).sort((a, b) => a.seq - b.seq).map(({ row }) => row);
    return {
      from, to: { epoch, seq: end }, complete: end === this.seq, clock: CLOCK,
      customers: within(this.customers.values()), days: within(this.days.values()),
    };
  }
}

function recount(truth: Truth): { customers: CustomerContribution[]; days: DayTotals[] } {
  return { customers: [...truth.customers.values()].map(({ row }) => row), days: [...truth.days.values()].map(({ row }) => row) };
}

function expectEqual(keeper: Keeper, truth: Truth): void {
  const rows = recount(truth);
  const snapshot = snapshotOf(keeper.totals, NOW, keeper.later);
  const sum = <T>(items: T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);
  expect(snapshot.value).toEqual({
    customers: rows.customers.filter(({ firstDay }) => firstDay !== null).length,
    historicalValue: sum(rows.customers, (c) => c.historicalValue),
    predictedValue: sum(rows.customers, (c) => c.predictedValue),
    totalValue: sum(rows.customers, (c) => c.historicalValue + c.predictedValue),
  });
  for (const stage of snapshot.stages) {
    const inStage = rows.customers.filter((c) => c.stage === stage.stage);
    expect(stage).toEqual({
      stage: stage.stage, customers: inStage.length, historicalValue: sum(inStage, (c) => c.historicalValue), predictedValue: sum(inStage, (c) => c.predictedValue),
    });
  }
  expect(snapshot.cells).toHaveLength(125);
  for (const cell of snapshot.cells) {
    const inCell = rows.customers.filter((c) => c.recencyScore === cell.recency && c.frequencyScore === cell.frequency && c.monetaryScore === cell.monetary);
    expect([cell.customers, cell.historicalValue, cell.predictedValue])
      .toEqual([inCell.length, sum(inCell, (c) => c.historicalValue), sum(inCell, (c) => c.predictedValue)]);
  }
  for (const window of snapshot.windows) {
    const start = dayText(TODAY - window.days + 1);
    const end = dayText(TODAY);
    const before = dayText(TODAY - 2 * window.days + 1);
    const inside = (day: string | null, first = start, last = end): boolean => day !== null && day >= first && day <= last;
    const days = rows.days.filter(({ day }) => inside(day));
    const former = rows.days.filter(({ day }) => day >= before && day < start);
    const net = sum(days, (d) => d.gross - d.refunded);
    const orders = sum(days, (d) => d.orders);
    expect(window).toEqual({
      days: window.days, gross: sum(days, (d) => d.gross), net, orders,
      newCustomers: rows.customers.filter((c) => inside(c.firstDay)).length,
      returningCustomers: rows.customers.filter((c) => inside(c.lastDay) && c.firstDay !== null && c.firstDay < start).length,
      averageOrderValue: orders === 0 ? null : Math.round(net / orders),
      previous: {
        gross: sum(former, (d) => d.gross), net: sum(former, (d) => d.gross - d.refunded), orders: sum(former, (d) => d.orders),
        newCustomers: rows.customers.filter((c) => c.firstDay !== null && c.firstDay >= before && c.firstDay < start).length,
      },
    });
  }
  expect(snapshot.windows.map(({ days }) => days)).toEqual([...WINDOWS]);
}

describe('fold', () => {
  it('equals a recount over random feeds in pages, with replays, late repeats and rebuilds', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomFrom(seed);
      const truth = new Truth();
      const keeper = new Keeper();
      const sent: Feed[] = [];
      let epoch = random(2);
      for (let step = 0; step < 60; step += 1) {
        truth.change(random);
        if (random(15) === 0) epoch += 1;
        const action = random(4);
        if (action === 0) continue;
        const feed = truth.feed({ ...keeper.totals.position }, epoch, 1 + random(8));
        expect(keeper.apply(feed)).toBe(true);
        sent.push(feed);
        if (action === 1) keeper.apply(feed);
        const old = sent[random(sent.length)];
        if (action === 2 && old !== undefined) keeper.apply(old);
      }
      while (keeper.totals.position.seq < truth.seq || keeper.totals.position.epoch < epoch) {
        keeper.apply(truth.feed({ ...keeper.totals.position }, epoch, 7));
      }
      expectEqual(keeper, truth);
    }
  });

  it('refuses a feed that does not start where the totals stand', () => {
    const at = { epoch: 3, seq: 40 };
    const feed = (from: Position, to: Position): Feed => ({ from, to, complete: true, clock: CLOCK, customers: [], days: [] });
    expect(fitOf(feed({ epoch: 3, seq: 40 }, { epoch: 3, seq: 50 }), at)).toBe('continues');
    expect(fitOf(feed({ epoch: 3, seq: 39 }, { epoch: 3, seq: 50 }), at)).toBe('refused');
    expect(fitOf(feed({ epoch: 3, seq: 41 }, { epoch: 3, seq: 50 }), at)).toBe('refused');
    expect(fitOf(feed({ epoch: 3, seq: 40 }, { epoch: 3, seq: 39 }), at)).toBe('refused');
    expect(fitOf(feed({ epoch: 2, seq: 40 }, { epoch: 2, seq: 50 }), at)).toBe('refused');
    expect(fitOf(feed({ epoch: 4, seq: 0 }, { epoch: 4, seq: 9 }), at)).toBe('begins_epoch');
    expect(fitOf(feed({ epoch: 4, seq: 9 }, { epoch: 4, seq: 20 }), at)).toBe('refused');
    expect(fitOf(feed({ epoch: 3, seq: 40 }, { epoch: 4, seq: 9 }), at)).toBe('begins_epoch');
  });

  it('is building until the first complete page of an epoch', () => {
    const keeper = new Keeper();
    const truth = new Truth();
    const random = randomFrom(7);
    for (let n = 0; n < 6; n += 1) truth.change(random);
    keeper.apply(truth.feed({ epoch: 0, seq: 0 }, 1, 4));
    expect(keeper.totals.building).toBe(true);
    keeper.apply(truth.feed({ ...keeper.totals.position }, 1, 4));
    expect(keeper.totals.building).toBe(false);
  });
});
