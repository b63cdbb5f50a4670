/** RFM scores: ties share a score, frozen cuts give back the population's own scores, and the reference shop agrees. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { purchaseDays } from '#core/clv/summary';
import { parseDay } from '#core/calendar/days';
import { hasReference, referenceJson, referenceOrders } from '../../tests/support/reference-orders.ts';
import { cutPoints, cutsOfHistogram, ntileScores, rfmScore, scoreAgainst, UNREACHED, type RfmScore } from './rfm.ts';
import { rfmSegment } from './segments.ts';

const ruleSchema = z.object({ R: z.array(z.number()), F: z.array(z.number()), M: z.array(z.number()), cells: z.record(z.string(), z.number()), segments: z.record(z.string(), z.number()) });
const referenceSchema = z.object({
  customers: z.number(),
  segment_map: z.array(z.tuple([z.string(), z.string()])),
  rule_A: ruleSchema,
  rule_B: ruleSchema,
  customers_sample: z.array(z.object({ customer_id: z.string(), recency: z.number(), frequency: z.number(), monetary: z.number(), RA: z.number(), FA: z.number(), MA: z.number(), RB: z.number(), FB: z.number(), MB: z.number() })),
});

function tally(scores: readonly RfmScore[]): z.infer<typeof ruleSchema> {
  const counted: z.infer<typeof ruleSchema> = { R: [0, 0, 0, 0, 0], F: [0, 0, 0, 0, 0], M: [0, 0, 0, 0, 0], cells: {}, segments: {} };
  for (const { r, f, m, cell, segment } of scores) {
    counted.R[r - 1]! += 1;
    counted.F[f - 1]! += 1;
    counted.M[m - 1]! += 1;
    counted.cells[cell] = (counted.cells[cell] ?? 0) + 1;
    counted.segments[segment] = (counted.segments[segment] ?? 0) + 1;
  }
  return counted;
}

describe('rule A', () => {
  it('is 1 + floor(5 L / n) for every member of any population, through the frozen cuts', () => {
    const values = [5, 5, 5, 1, 9, 3, 3, 2, 7, 7, 7, 7, 8, 0, -4, 5, 12];
    const cuts = cutPoints({ lastDay: values, frequency: values, monetary: values });
    for (const value of values) {
      const worse = values.filter((other) => other < value).length;
      const expected = 1 + Math.floor((5 * worse) / values.length);
      expect(scoreAgainst(cuts, { lastDay: value, frequency: value, monetary: value })).toMatchObject({ r: expected, f: expected, m: expected });
    }
  });

  it('gives equal customers score 1 and marks the other cuts as unreached', () => {
    expect(cutsOfHistogram({ value: [3], count: [1000] })).toEqual([UNREACHED, UNREACHED, UNREACHED, UNREACHED]);
    expect(cutsOfHistogram({ value: [], count: [] })).toEqual([UNREACHED, UNREACHED, UNREACHED, UNREACHED]);
  });

  it('reads a histogram in any order, with a value in two entries', () => {
    const spread = cutPoints({ lastDay: [1, 1, 2, 3, 3, 4], frequency: [1], monetary: [1] }).recency;
    expect(cutsOfHistogram({ value: [3, 1, 4, 2, 3], count: [1, 2, 1, 1, 1] })).toEqual(spread);
  });
});

describe('segments', () => {
  it('name every cell of the grid', () => {
    for (let r = 1; r <= 5; r++) for (let f = 1; f <= 5; f++) expect(rfmSegment(r, f)).toBeTruthy();
    expect(() => rfmSegment(6, 1)).toThrow(RangeError);
  });
});

const files = ['reference/rfm_cohort_cdnow_full.json', 'data/cdnow_full.csv'] as const;
describe.runIf(hasReference('RFM of the full CDNOW file', ...files))('the reference shop', () => {
  const load = () => {
    const { events, ids } = referenceOrders(files[1]);
    const days = purchaseDays(events, true);
    const lastDay = new Float64Array(ids.length);
    const frequency = new Float64Array(ids.length);
    const monetary = new Float64Array(ids.length);
    for (let i = 0; i < days.day.length; i++) {
      const customer = days.customer[i]!;
      lastDay[customer] = days.day[i]!;
      frequency[customer]! += 1;
      monetary[customer]! += days.amount[i]!;
    }
    return { reference: referenceSchema.parse(referenceJson(files[0])), ids, lastDay, frequency, monetary };
  };

  it('rule A: marginals, cells, segments and sampled customers', () => {
    const { reference, ids, lastDay, frequency, monetary } = load();
    expect(ids.length).toBe(reference.customers);
    const cuts = cutPoints({ lastDay, frequency, monetary });
    const scores = ids.map((_, i) => scoreAgainst(cuts, { lastDay: lastDay[i]!, frequency: frequency[i]!, monetary: monetary[i]! }));
    expect(tally(scores)).toEqual(reference.rule_A);
    const snapshot = parseDay('1998-07-01') ?? NaN;
    for (const customer of reference.customers_sample) {
      const i = ids.indexOf(customer.customer_id);
      expect([snapshot - lastDay[i]!, frequency[i], monetary[i]! / 100]).toEqual([customer.recency, customer.frequency, customer.monetary]);
      expect(scores[i]).toMatchObject({ r: customer.RA, f: customer.FA, m: customer.MA });
    }
    for (const [pattern, segment] of reference.segment_map) expect(scores.filter((s) => s.segment === segment).every((s) => new RegExp(`^${pattern}$`).test(`${s.r}${s.f}`))).toBe(true);
  });

  it('rule B: marginals, cells, segments and sampled customers', () => {
    const { reference, ids, lastDay, frequency, monetary } = load();
    const [r, f, m] = [ntileScores(lastDay, ids), ntileScores(frequency, ids), ntileScores(monetary, ids)];
    expect(tally(ids.map((_, i) => rfmScore(r[i]!, f[i]!, m[i]!)))).toEqual(reference.rule_B);
    for (const customer of reference.customers_sample) {
      const i = ids.indexOf(customer.customer_id);
      expect([r[i], f[i], m[i]]).toEqual([customer.RB, customer.FB, customer.MB]);
    }
  });
});
