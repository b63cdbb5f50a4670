/** Lifecycle stages by days of silence over the expected gap. */
import { describe, expect, it } from 'vitest';
import { expectedGap, lifecycleStage, stageRules } from './lifecycle.ts';

const rules = stageRules(40);

describe('lifecycle stage', () => {
  it('shrinks the own mean gap to the median of the shop', () => {
    expect(expectedGap(0, 0, rules)).toBe(40);
    expect(expectedGap(2, 20, rules)).toBe(25);
    expect(expectedGap(98, 980, rules)).toBeCloseTo(10.6, 10);
    expect(expectedGap(5, 0, stageRules(0))).toBe(1);
  });

  it.each([[0, 'new'], [40, 'new'], [41, 'active'], [60, 'active'], [61, 'at_risk'], [120, 'at_risk'], [121, 'lapsed']] as const)('one purchase, %d days of silence: %s', (silent, stage) => {
    expect(lifecycleStage({ purchaseDays: 1, firstDay: 100, lastDay: 100, asOfDay: 100 + silent }, rules)).toBe(stage);
  });

  it('is never new with a second purchase day', () => {
    expect(lifecycleStage({ purchaseDays: 2, firstDay: 100, lastDay: 101, asOfDay: 101 }, rules)).toBe('active');
  });

  it('is returning for thirty days after a purchase that ended a lapse', () => {
    const back = { purchaseDays: 2, firstDay: 0, previousDay: 0, lastDay: 121 };
    expect(lifecycleStage({ ...back, asOfDay: 121 }, rules)).toBe('returning');
    expect(lifecycleStage({ ...back, asOfDay: 151 }, rules)).toBe('returning');
    expect(lifecycleStage({ ...back, asOfDay: 152 }, rules)).toBe('active');
    expect(lifecycleStage({ ...back, lastDay: 120, asOfDay: 121 }, rules)).toBe('active');
    expect(lifecycleStage({ ...back, previousDay: null, asOfDay: 121 }, rules)).toBe('active');
  });
});
