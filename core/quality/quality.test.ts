// Missing details, odd sizes, changed payloads and the rules over them.
import { describe, expect, it } from 'vitest';
import { ruleStates } from './alert-rules.ts';
import { findGaps } from './gaps.ts';
import { inflowFindings } from './inflow-findings.ts';
import type { InflowFacts, SourceDay } from './inflow-findings.ts';
import { outlierBounds } from './outliers.ts';
import { driftOf, joinKinds, shapeOf, withoutParts } from './payload-shape.ts';
import type { FieldRecord } from './payload-shape.ts';

describe('a detail that went missing', () => {
  const days = (having: (day: number) => number, total = 12) => Array.from({ length: 120 }, (_, day) => ({ day, total, having: having(day) }));

  it('is found with its first and last day, at the start, in the middle and up to now', () => {
    for (const [from, through] of [[0, 9], [50, 63], [110, 119]] as const) {
      expect(findGaps(days((day) => (day >= from && day <= through ? 0 : 12)))).toEqual([{ from, through, orders: (through - from + 1) * 12, missing: (through - from + 1) * 12, usual: 1 }]);
    }
    expect(findGaps(days((day) => (day >= 20 && day <= 23) || (day >= 80 && day <= 90) ? 0 : 12))).toMatchObject([{ from: 20, through: 23 }, { from: 80, through: 90 }]);
  });

  it('is no gap where it is seldom kept, where it just varies, or where a single order lacks it', () => {
    expect(findGaps(days(() => 2))).toEqual([]);
    expect(findGaps(days((day) => 7 + (day % 5)))).toEqual([]);
    expect(findGaps(days((day) => (day === 40 ? 11 : 12)))).toEqual([]);
    expect(findGaps([])).toEqual([]);
  });
});

it('draws the bounds of usual orders by quartiles, whatever a few giants do', () => {
  const logs = { first: Math.log(2_000), median: Math.log(3_000), third: Math.log(4_500) };
  const { above, below } = outlierBounds(logs);
  expect(above).toBeGreaterThan(30_000);
  expect(above).toBeLessThan(40_000);
  expect(below).toBeLessThan(300);
  expect(outlierBounds({ first: 7, median: 7, third: 7 }).above).toBeLessThan(Math.exp(7) * 1.7);
});

describe('the shape of payloads', () => {
  it('names fields and kinds, never values, and folds names that are data', () => {
    const shape = shapeOf({ id: 1, tags: ['a', null], lines: [{ sku: 'x' }, { sku: null, tax: 1.5 }], by: { '820982911946154509': true, '11223344': false } });
    expect(shape.map(({ path, kind }) => `${path}:${kind}`)).toEqual([
      ':object', 'id:number', 'tags:array', 'tags[]:string', 'tags[]:null', 'lines:array', 'lines[]:object', 'lines[].sku:string', 'lines[].sku:null', 'lines[].tax:number', 'by:object', 'by.*:boolean',
    ]);
    expect(shapeOf(Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`field${String.fromCharCode(97 + (n % 26))}${'x'.repeat(n % 90)}`, n]))).length).toBeLessThanOrEqual(300);
    expect(joinKinds(['string', 'null', 'string'])).toBe('null|string');
  });

  const NOW = new Date('2026-11-22T08:00:00Z');
  const record = (path: string, over: Partial<FieldRecord> = {}): FieldRecord => ({
    source: 'shopify', topic: 'orders/create', path, kinds: 'string', kindsBefore: null, kindsChangedAt: null, firstSeen: '2026-09-01T00:00:00Z', seen: 500, missed: 0, ...over,
  });
  const topic = record('', { kinds: 'object', seen: 500 });

  it('tells a field that came, went or changed from one that comes and goes', () => {
    expect(driftOf([topic, record('email')], NOW)).toEqual([]);
    expect(driftOf([topic, record('email', { seen: 480, missed: 20 })], NOW)).toMatchObject([{ path: 'email', change: 'vanished' }]);
    // There in one order of ten: twenty without it are nothing.
    expect(driftOf([topic, record('note', { seen: 48, missed: 20 })], NOW)).toEqual([]);
    expect(driftOf([topic, record('duties', { seen: 9, firstSeen: '2026-11-20T00:00:00Z' })], NOW)).toMatchObject([{ path: 'duties', change: 'new' }]);
    expect(driftOf([topic, record('total', { kinds: 'number|string', kindsBefore: 'string', kindsChangedAt: '2026-11-21T00:00:00Z' })], NOW)).toMatchObject([{ change: 'kind', kinds: 'string → number or string' }]);
    // A topic that is hardly known has no news, and old news is none.
    expect(driftOf([record('', { seen: 5 }), record('email', { seen: 3, missed: 2 })], NOW)).toEqual([]);
    expect(driftOf([topic, record('total', { kinds: 'number|string', kindsBefore: 'string', kindsChangedAt: '2026-10-21T00:00:00Z' })], NOW)).toEqual([]);
  });

  it('tells of a whole and not of its parts', () => {
    const gone = ['customer', 'customer.email', 'customer.tags[]', 'customers'].map((path) => record(path, { seen: 480, missed: 20 }));
    expect(withoutParts(driftOf([topic, ...gone], NOW)).map((d) => d.path)).toEqual(['customer', 'customers']);
  });
});

describe('the rules', () => {
  const NONE = { received: 0, inserted: 0, updated: 0, repeated: 0, rejected: 0, ignored: 0, late: 0 };
  const dayOf = (over: Partial<SourceDay>): SourceDay => ({ source: 'shopify', day: '2026-11-22', ...NONE, hours: 0, lastReceivedAt: '2026-11-22T08:00:00Z', ...over });
  const facts = (over: Partial<InflowFacts> = {}): InflowFacts => ({
    now: new Date('2026-11-22T08:00:00Z'), today: '2026-11-22', hour: 9, days: [], deadLetters: [], integrations: [], night: null, fitFailure: null, reconciliations: [], uncounted: 0, fields: [], ...over,
  });
  const rules = ruleStates([]);
  const raised = (over: Partial<InflowFacts>) => inflowFindings(facts(over), rules).map(({ rule, subject }) => `${rule} ${subject}`);

  it('are silent about a company where all is well', () => {
    expect(raised({ days: [dayOf({ received: 100, inserted: 98, rejected: 2, hours: 1 << 8 })], night: { state: 'done', startedAt: '2026-11-22T00:00:00Z', error: null },
      reconciliations: [{ integrationId: 'i', name: 'Shop', day: '2026-11-21', ours: 100_000, theirs: 100_100 }], deadLetters: [{ source: 'shopify', open: 2, oldestAt: '2026-11-22T07:30:00Z' }] })).toEqual([]);
  });

  it('each speak of their own matter', () => {
    expect(raised({ days: [dayOf({ received: 100, inserted: 90, rejected: 10 })] })).toEqual(['rejected_share shopify']);
    expect(raised({ deadLetters: [{ source: 'shopify', open: 1, oldestAt: '2026-11-22T06:30:00Z' }] })).toEqual(['dead_letters open']);
    expect(raised({ uncounted: 1 })).toEqual(['currency_gap orders']);
    const [one, two] = [1, 2].map((uncounted) => inflowFindings(facts({ uncounted }), ruleStates([]))[0]);
    expect(one).toMatchObject({ title: expect.stringMatching(/^1 order .* is in/), meaning: expect.stringMatching(/^It is kept.* it counts/) });
    expect(two).toMatchObject({ title: expect.stringMatching(/^2 orders .* are in/), meaning: expect.stringMatching(/^They are kept.* they count/) });
    expect(raised({ integrations: [{ id: 'i', name: 'Shop', platform: 'shopify', health: { state: 'disabled', detail: 'Off' } }, { id: 'j', name: 'Pay', platform: 'stripe', health: { state: 'healthy', detail: '' } }] })).toEqual(['webhook_disabled i']);
    expect(raised({ night: { state: 'failed', startedAt: '2026-11-22T00:00:00Z', error: 'x' } })).toEqual(['night_failed night']);
    expect(raised({ night: { state: 'running', startedAt: '2026-11-22T01:00:00Z', error: null } })).toEqual(['night_failed night']);
    expect(raised({ night: { state: 'running', startedAt: '2026-11-22T07:00:00Z', error: null }, fitFailure: 'No convergence' })).toEqual(['fit_failed model']);
    expect(raised({ reconciliations: [{ integrationId: 'i', name: 'Shop', day: '2026-11-21', ours: 100_000, theirs: 101_000 }] })).toEqual(['reconciliation_drift i']);
  });

  it('speak of a source that fell silent, in its own time, and of files never', () => {
    const daily = (source: string) => Array.from({ length: 56 }, (_, n) => dayOf({ source, day: new Date(Date.UTC(2026, 8, 25 + n)).toISOString().slice(0, 10), received: 30, inserted: 30, hours: 0x3fff00 }));
    expect(raised({ days: [...daily('shopify'), ...daily('file')] })).toEqual(['silence shopify']);
    const [finding] = inflowFindings(facts({ days: daily('shopify') }), rules);
    expect(finding?.title).toBe('Shopify: nothing for 59 hours'.replace('59 hours', '2 days'));
  });

  it('take a company’s settings, and the standard for what does not fit', () => {
    const changed = ruleStates([{ rule: 'rejected_share', enabled: false, settings: { percent: 50, atLeast: 0, gone: 3 } }, { rule: 'unknown', enabled: true, settings: {} }]);
    expect(changed.rejected_share).toEqual({ enabled: false, settings: { percent: 50, atLeast: 5 } });
    expect(changed.silence).toEqual({ enabled: true, settings: { falseAlarmsAYear: 0.2 } });
  });
});
