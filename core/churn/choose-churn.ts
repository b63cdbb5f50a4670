/** What says who will leave: the way that serves stays unless another was better from every earlier day, beyond what chance gives. */
import { z } from 'zod';
import { compareForecasts, verdictSchema } from '#core/clv/compare-forecasts';
import { CLASSIFIERS, isClassifier, type ClassifierName } from './classifier.ts';
import { RHYTHM, type ChurnTrial } from './past-windows.ts';

export const churnChoiceSchema = z.object({
  standing: z.string(),
  chosen: z.string(),
  pinned: z.boolean(),
  /** For people. */
  why: z.string(),
  origins: z.array(z.object({ origin: z.string(), end: z.string(), customers: z.number() })),
  /** Log-loss a customer, the mean over origins. */
  trials: z.array(z.object({ model: z.string(), logloss: z.number() })),
  verdicts: z.array(verdictSchema),
});

export type ChurnChoice = z.infer<typeof churnChoiceSchema>;

/** Ways to say who leaves: the rhythm of purchases, or a family of classifier. */
export type ChurnWay = typeof RHYTHM | ClassifierName;

/** Whether `name` is a way we have. */
export function isChurnWay(name: string): name is ChurnWay {
  return name === RHYTHM || isClassifier(name);
}

export interface ChurnChoiceOptions {
  /** What serves now. */
  standing: ChurnWay;
  /** What people chose to keep; it serves whatever the others would have foretold. */
  pinned: ChurnWay | null;
}

/**
 * Paired log-losses of the same customers, none of whom was learned from by what judges her. Promotion takes being better at every origin
 * and by two standard errors, the larger of customers' and origins'. One origin is enough to promote where the history has room for no
 * second: then customers alone say what chance leaves open.
 * @throws RangeError without an origin
 */
export function chooseChurn(past: readonly ChurnTrial[], { standing, pinned }: ChurnChoiceOptions): ChurnChoice {
  if (past.length === 0) throw new RangeError('Choosing takes at least one earlier day');
  const ways: readonly ChurnWay[] = [RHYTHM, ...CLASSIFIERS];
  const losses = (way: string): Float64Array[] => past.map((trial) => trial.losses.get(way) ?? new Float64Array(0));
  const mean = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
  const verdicts = ways.filter((way) => way !== standing).map((way) => compareForecasts(way, losses(standing), losses(way)));
  const better = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0]?.challenger ?? null;
  const origins = past.map(({ origin, end, losses: all }) => ({ origin, end, customers: all.get(standing)?.length ?? 0 }));
  return {
    standing, chosen: pinned ?? better ?? standing, pinned: pinned !== null, origins, verdicts, why: reason(standing, pinned, better, past.length),
    trials: ways.map((model) => ({ model, logloss: losses(model).reduce((sum, each) => sum + mean(each), 0) / past.length })),
  };
}

function reason(standing: ChurnWay, pinned: ChurnWay | null, better: string | null, origins: number): string {
  const named = (way: string): string => (way === RHYTHM ? 'the rhythm of purchases' : way);
  const days = origins === 1 ? 'one earlier day, all that the history has room for' : `each of ${origins} earlier days`;
  if (pinned !== null) return `Pinned: ${named(pinned)} says who is likely to leave, whatever the others would have foretold`;
  if (better !== null) return `From ${days}, ${named(better)} foretold who would leave better than ${named(standing)}, by more than chance explains`;
  return `From ${days}, nothing foretold who would leave better than ${named(standing)} by more than chance explains`;
}
