/** How much customers will spend: learned ways judged on earlier days as they would have served, and the one that serves kept as a file. */
import { churnOrigins, TRIED } from '#core/churn/past-windows';
import { learnSpend } from '#core/clv/learn-spend';
import { writeSpendModel } from '#core/clv/spend-file';
import { isSpendWay, PROBABILISTIC, tooFewSpend, trySpend } from '#core/clv/try-spend';
import type { SpendTrial, SpendWay, WindowPair } from '#core/clv/try-spend';
import { featuresAt } from '#core/features/features-at';
import { firstCustomers } from '#core/features/history';
import { readLearnedStanding } from '#data/learned-models';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { basisOf } from './learned-files.ts';
import { keepLearned, ORIGINS, pastWindow } from './learned-past.ts';
import type { LearnedAbout, SampledPast } from './learned-past.ts';

/** A fifth of them is kept apart for the report. */
const LOOKED_AT = { latest: (TRIED.latest * 5) / 4, earlier: (TRIED.earlier * 5) / 4 };

/** Where there is too little to learn from, the model of repeat buying serves, with words. */
export async function learnSpendOf(ctx: TenantContext, state: TenantState, past: SampledPast, about: LearnedAbout): Promise<void> {
  const { horizonDays } = state;
  const refuse = (why: string): Promise<void> => keepLearned(ctx, about, { model: 'none', bytes: null, evidence: {}, notes: [`${why}. Until then the model of repeat buying says what customers are worth`] });
  const [latest] = past.origins;
  if (latest === undefined) return refuse(`Learning what customers spend within ${horizonDays} days ${past.tooShort ?? ''}`);
  const { serving, pinned } = await readLearnedStanding(ctx.db, 'spend');
  const window = pastWindow(past.history, latest, horizonDays, past.how);
  const little = tooFewSpend(window);
  if (little !== null) return refuse(little);
  const [trials, before] = tryDays(past, horizonDays);
  const now = () => featuresAt(past.history, past.today, { ...past.how, only: window.table.columns.map((column) => column.name) }).table;
  const basis = basisOf(state);
  const { model, evidence } = learnSpend(window, before, trials, now, { basis, standing: wayNamed(serving) ?? PROBABILISTIC, pinned: wayNamed(pinned) });
  await keepLearned(ctx, about, { model: model?.regressor.name ?? PROBABILISTIC, bytes: model && writeSpendModel({ model, basis }), evidence, notes: [evidence.why, ...(model?.notes ?? [])] });
}

/** Days with a horizon after them and one before them that learning had to be over by, within what was read; and the latest day's windows. */
function tryDays({ history, origins, today, how, options }: SampledPast, horizonDays: number): [trials: SpendTrial[], latest: WindowPair | null] {
  const days = churnOrigins(origins.at(-1) ?? today, today, { horizonDays, leastBefore: horizonDays, wanted: ORIGINS });
  const trials: SpendTrial[] = [];
  let latest: WindowPair | null = null;
  for (const [k, day] of days.entries()) {
    const seen = firstCustomers(history, k === 0 ? LOOKED_AT.latest : LOOKED_AT.earlier);
    const learned = pastWindow(seen, day - horizonDays, horizonDays, how);
    if (tooFewSpend(learned) !== null) continue;
    const pair = { learned, judged: pastWindow(seen, day, horizonDays, { ...how, only: learned.table.columns.map((column) => column.name) }) };
    if (tooFewSpend(pair.judged) !== null) continue;
    if (k === 0) latest = pair;
    trials.push(trySpend(pair, horizonDays, k === 0, options));
  }
  return [trials, latest];
}

function wayNamed(name: string | null): SpendWay | null {
  return name !== null && isSpendWay(name) ? name : null;
}
