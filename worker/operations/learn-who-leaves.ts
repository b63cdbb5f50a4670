/** Who will leave, learned from the sample of the past and kept with its evidence. */
import { writeChurnModel } from '#core/churn/churn-file';
import { isChurnWay } from '#core/churn/choose-churn';
import type { ChurnWay } from '#core/churn/choose-churn';
import { learnChurn, tooLittle, tryEarlier } from '#core/churn/learn-churn';
import type { ChurnTrial } from '#core/churn/past-windows';
import { RHYTHM } from '#core/churn/past-windows';
import { featuresAt } from '#core/features/features-at';
import { readLearnedStanding } from '#data/learned-models';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { keepLearned, pastWindow } from './learned-past.ts';
import type { LearnedAbout, SampledPast } from './learned-past.ts';

/** Where there is too little to learn from, the rhythm of purchases serves, with words. */
export async function learnWhoLeaves(ctx: TenantContext, { horizonDays }: TenantState, past: SampledPast, about: LearnedAbout): Promise<void> {
  const refuse = (why: string): Promise<void> => keepLearned(ctx, about, { model: 'none', bytes: null, evidence: {}, notes: [`${why}. Until then the rhythm of purchases says who is likely to leave`] });
  const [latest] = past.origins;
  if (latest === undefined) return refuse(`Learning who leaves within ${horizonDays} days ${past.tooShort ?? ''}`);
  const { serving, pinned } = await readLearnedStanding(ctx.db, 'churn');
  const window = pastWindow(past.history, latest, horizonDays, past.how);
  const little = tooLittle(window.left);
  if (little !== null) return refuse(little);
  const earlier = tryBefore(past, horizonDays);
  const now = featuresAt(past.history, past.today, { ...past.how, only: window.table.columns.map((column) => column.name) });
  const { model, evidence, why } = learnChurn(window, earlier, now.table, { ...past.options, horizonDays, standing: wayNamed(serving) ?? RHYTHM, pinned: wayNamed(pinned) });
  await keepLearned(ctx, about, { model: model?.classifier.name ?? RHYTHM, bytes: model && writeChurnModel(model), evidence, notes: [why, ...(model?.notes ?? [])] });
}

/** One window at a time: each is as large as the sample. Those after which too little can be told are passed over. */
function tryBefore({ history, origins, how, options }: SampledPast, horizonDays: number): ChurnTrial[] {
  return origins.slice(1).flatMap((origin) => {
    const window = pastWindow(history, origin, horizonDays, how);
    return tooLittle(window.left) === null ? [tryEarlier(window, horizonDays, options)] : [];
  });
}

function wayNamed(name: string | null): ChurnWay | null {
  return name !== null && isChurnWay(name) ? name : null;
}
