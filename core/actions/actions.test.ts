// Who is told what to do: never beyond consent, never twice, always finite, and more where more is at stake.
import { describe, expect, it } from 'vitest';
import { STAGES } from '#core/clv/lifecycle';
import { between, chance, createRandom, pick } from '#core/math/random';
import type { Random } from '#core/math/random';
import { ACTION_IDS, actionPlan, assumptionsChange, assumptionsWith, DEFAULT_ASSUMPTIONS, shrunkResponse } from './assumptions.ts';
import { ACTIONS, LEAVE_ALONE, REASONS_TO_LEAVE } from './catalogue.ts';
import { decide, MOST_GAIN } from './decide.ts';
import { CHANNELS, CONTRACTS, type ActionFacts } from './facts.ts';
import { gainSteps, reasonWords, responseWords } from './words.ts';

const PLAN = actionPlan(DEFAULT_ASSUMPTIONS, new Map(), 'EUR');
const WORDS = { currency: 'EUR', horizonDays: 365 };

/** Bought once two weeks ago for 40 euros, may be written to. */
const ANNA: ActionFacts = {
  purchaseDays: 1, pAlive: 0.7, churn: 0.6, expectedSpend: 4_000, daysSince: 14, gaps: 0.3, recency: 5, frequency: 1, monetary: 3, contractMonthly: 0, stage: 'new', channel: 'email', contract: 'none',
};
const who = (facts: Partial<ActionFacts>): ActionFacts => ({ ...ANNA, ...facts });
const first = (facts: Partial<ActionFacts>, plan = PLAN): string => {
  const { actions: [best], leaveAlone } = decide(who(facts), plan);
  return best?.id ?? leaveAlone ?? 'nothing';
};

function anybody(random: Random): ActionFacts {
  const maybe = (value: number): number | null => (chance(random, 0.1) ? null : value);
  const edge = (): number => pick(random, [0, 1, random(), random(), Number.MIN_VALUE, 1 - Number.EPSILON]);
  return {
    purchaseDays: pick(random, [0, 1, 1, 2, 5, 10_000]), pAlive: maybe(edge()), churn: maybe(edge()), expectedSpend: maybe(pick(random, [0, 1, 4_000, 2 ** 53 - 1, Math.floor(between(random, 1, 1e6))])),
    daysSince: maybe(pick(random, [0, 6, 7, 30, 400, 100_000])), gaps: maybe(pick(random, [0, 0.79, 0.8, 1.4, 3, 1e6])), recency: pick(random, [0, 1, 4, 5]), frequency: pick(random, [0, 1, 4, 5]), monetary: pick(random, [0, 1, 4, 5]),
    contractMonthly: pick(random, [0, 990, 2 ** 53 - 1]), stage: pick(random, [null, ...STAGES]), channel: pick(random, CHANNELS), contract: pick(random, CONTRACTS),
  };
}

describe('the action of one customer', () => {
  it('follows from where she stands', () => {
    expect([
      first({}), first({ daysSince: 3 }), first({ stage: 'at_risk', purchaseDays: 4, churn: 0.5, gaps: 2 }), first({ stage: 'active', purchaseDays: 6, gaps: 1.1, churn: 0.2 }), first({ stage: 'active', purchaseDays: 6, gaps: 0.2, churn: 0.2 }),
      first({ stage: 'active', purchaseDays: 9, gaps: 0.4, recency: 5, frequency: 5, monetary: 5, churn: 0.1 }), first({ stage: 'returning', purchaseDays: 3 }), first({ stage: 'lapsed', purchaseDays: 2, pAlive: 0.1, churn: 0.97, daysSince: 500 }),
      first({ stage: 'lapsed', pAlive: 0.001, churn: 0.999, daysSince: 2_000 }), first({ channel: 'ask' }), first({ channel: 'ask', stage: 'lapsed' }), first({ channel: 'none' }), first({ contract: 'paying' }), first({ contract: 'ending', contractMonthly: 1_500 }),
      first({ purchaseDays: 0, stage: null, churn: null }), first({ churn: null }), first({ expectedSpend: 10 }),
    ]).toEqual([
      'second_purchase', 'just_bought', 'win_back', 'reorder', 'buys_anyway', 'thank', 'welcome_back', 'win_back_offer', 'gone', 'ask_consent', 'unasked', 'refused', 'renews', 'keep_contract', 'no_orders', 'no_score', 'too_little',
    ]);
  });

  it('gives an offer only where those who would have come anyway do not eat it up', () => {
    const lapsed = { stage: 'lapsed' as const, purchaseDays: 3, pAlive: 0.3, daysSince: 300 };
    const ids = (churn: number): string[] => decide(who({ ...lapsed, churn }), PLAN).actions.map(({ id }) => id);
    expect([ids(0.5), ids(0.97)]).toEqual([['win_back_lapsed'], ['win_back_offer', 'win_back_lapsed']]);
    // 40 € × 97 % × 1/60 × 0.9, less a tenth of the 3 % who come by themselves and a cent.
    expect(decide(who({ ...lapsed, churn: 0.97 }), PLAN).actions[0]?.gain).toBe(Math.round(4_000 * 0.97 * (1 / 60) * 0.9 - 4_000 * 0.03 * 0.1 - 1));
  });

  it('is within consent, one of the catalogue, finite and exact for everybody, and says why', () => {
    const random = createRandom('actions');
    const seen = new Set<string>(), wrong: unknown[] = [];
    for (let n = 0; n < 4_000; n++) {
      const facts = anybody(random), { actions, leaveAlone } = decide(facts, PLAN);
      const ids = actions.map(({ id }) => id);
      seen.add(ids[0] ?? leaveAlone ?? '');
      expect([new Set(ids).size, leaveAlone === null], JSON.stringify(facts)).toEqual([ids.length, ids.length > 0]);
      if (facts.channel === 'none') expect(ids).toEqual([]);
      if (facts.channel === 'ask') expect(ids.filter((id) => id !== 'ask_consent')).toEqual([]);
      for (const action of actions) {
        if (!(Number.isSafeInteger(action.gain) && action.gain >= 1 && action.gain <= MOST_GAIN && Number.isSafeInteger(action.stake))) wrong.push({ facts, action });
        // Formats are dear to make.
        if (n % 8 > 0) continue;
        const told = [reasonWords(action.id, facts, WORDS), ...gainSteps(action, facts, PLAN, WORDS).flatMap(({ label, value, detail }) => [label, value, detail])];
        if (told.some((text) => text === '' || /NaN|undefined|null|Infinity/.test(text))) wrong.push({ facts, told });
      }
      expect(ids).toEqual(actions.toSorted((a, b) => b.gain - a.gain || ACTION_IDS.indexOf(a.id) - ACTION_IDS.indexOf(b.id)).map(({ id }) => id));
    }
    expect(wrong).toEqual([]);
    // The random customers reach every end of the catalogue.
    expect([...ACTION_IDS, ...LEAVE_ALONE].filter((id) => !seen.has(id))).toEqual([]);
    expect([ACTIONS.map(({ id }) => id), REASONS_TO_LEAVE.map(({ reason }) => reason)]).toEqual([[...ACTION_IDS], [...LEAVE_ALONE]]);
  });

  it('brings no less where more is at stake', () => {
    const random = createRandom('stake');
    const gains = (facts: ActionFacts): Map<string, number> => new Map(decide(facts, PLAN).actions.map(({ id, gain }) => [id, gain]));
    let compared = 0;
    for (let n = 0; n < 2_000; n++) {
      const facts = anybody(random), spend = Math.min(facts.expectedSpend ?? 0, 1e6), churn = Math.min(facts.churn ?? 0, 0.9);
      const less = gains({ ...facts, expectedSpend: spend, churn });
      for (const more of [gains({ ...facts, expectedSpend: spend * 2 + 1, churn }), gains({ ...facts, expectedSpend: spend, churn: churn + 0.05 })]) {
        for (const [id, gain] of less) {
          compared++;
          expect((more.get(id) ?? 0) >= gain, JSON.stringify({ id, facts })).toBe(true);
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});

describe('what gains are reckoned with', () => {
  it('is the assumption until something was measured, and then as much the measurement as that is sure', () => {
    const measured = (standardError: number) => shrunkResponse(0.02, { response: 0.1, standardError, customers: 100 });
    expect(shrunkResponse(0.02, null)).toBe(0.02);
    expect([measured(0.001), measured(0.02), measured(1)].map((value) => Number(value.toFixed(3)))).toEqual([0.1, 0.06, 0.02]);
    // A sure measurement of no effect leaves nothing to gain; below nothing it never goes.
    expect(shrunkResponse(0.02, { response: -0.3, standardError: 0.001, customers: 9 })).toBe(0);
    const plan = actionPlan(DEFAULT_ASSUMPTIONS, new Map([['second_purchase', { response: -0.1, standardError: 0.0001, customers: 9_000 }]]), 'EUR');
    expect(first({}, plan)).toBe('too_little');
  });

  it('is stated in the company’s currency, and changed in parts', () => {
    expect([actionPlan(DEFAULT_ASSUMPTIONS, new Map(), 'EUR').cost.email, actionPlan(DEFAULT_ASSUMPTIONS, new Map(), 'JPY').cost.email]).toEqual([1, 0.01]);
    expect(assumptionsWith(DEFAULT_ASSUMPTIONS, { responses: { thank: 7 } })).toEqual({ ...DEFAULT_ASSUMPTIONS, responses: { ...DEFAULT_ASSUMPTIONS.responses, thank: 7 } });
    expect([{ responses: { thank: 0.5 } }, { responses: { bribe: 3 } }, { incentive: 1 }, { cost: { email: -1 } }, { more: 1 }].map((change) => assumptionsChange.safeParse(change).success)).toEqual([false, false, false, false, false]);
    expect([responseWords(0.02), responseWords(0.4), responseWords(0)]).toEqual(['1 in 50', '1 in 2.5', 'none']);
  });
});
