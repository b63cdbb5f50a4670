/** What a night's steps are called, and what each found, for a shop owner. */
import type { RunStepView } from '#operations/run-views';

const TITLES: Readonly<Record<string, string>> = {
  rates: 'Fetch exchange rates',
  fit: 'Learn from your orders anew',
  learn: 'Learn who is likely to leave',
  rescore: 'Value every customer for the new day',
  drift: 'Look how far customers have moved',
  keep_values: 'Keep the day’s values',
  figures: 'Count the months for comparing',
  forecasts: 'Foresee the coming days, weeks and months',
  recommend: 'Choose what to recommend',
  segments: 'Look at every customer for every segment',
  metrics: 'Count the day by segment and event',
  holdout: 'Measure what acting brought',
  verify: 'Recount everything from the raw orders',
  close: 'Make sums of the oldest sales',
  retention: 'Remove what is kept for a time only',
  appraise: 'Appraise every order',
  days: 'Count days, months and cohorts',
  score: 'Value every customer',
  live: 'Bring open pages up to date',
};

/** A step that has no title yet goes by its own name. */
export function stepTitle(name: string): string {
  return TITLES[name] ?? name.replaceAll('_', ' ');
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** One sentence about a step that is done; empty for one that is not. */
export function stepWords(step: Pick<RunStepView, 'name' | 'state' | 'result'>, count: (value: number) => string): string {
  if (step.state !== 'done') return '';
  const { result } = step;
  switch (step.name) {
    case 'fit':
      return result.serves === false ? 'The fit did not succeed; the model before it goes on serving.' : 'A new model serves.';
    case 'learn':
      return result.learned === true ? 'Learned anew.' : 'What was learned within the last week goes on serving.';
    case 'drift':
      if (number(result.watched) === 0) return 'No model has been serving long enough to compare with.';
      return number(result.moved) === 0
        ? 'Customers are much as those that the models learned from.'
        : `${count(number(result.moved))} of ${count(number(result.watched))} facts about customers have moved since the models learned; their cards say which.`;
    case 'rates':
      if (typeof result.error === 'string') return `No new rates: ${result.error}. Those of before go on holding.`;
      return number(result.currencies) === 0 ? 'All your sales are in your own currency.' : `${count(number(result.changed))} new rates.`;
    case 'rescore':
      return `${count(number(result.customers))} customers valued.`;
    case 'forecasts':
      return number(result.forecasts) === 0 ? 'No sales to foresee from yet.' : `${count(number(result.forecasts))} forecasts, ${count(number(result.customers))} customers’ histories asked.`;
    case 'recommend':
      return typeof result.model === 'string' ? `A recommender over ${count(number(result.products))} products serves.` : 'Orders name too few products to recommend any.';
    case 'verify':
      return number(result.differences) === 0
        ? 'Every stored figure equals the recount.'
        : `${count(number(result.differences))} figures differed from the recount and were put right. This is a defect of ours; please tell us.`;
    case 'segments':
      if (number(result.segments) === 0) return 'No segment is live.';
      return number(result.differences) === 0
        ? 'Every membership has its reason.'
        : `${count(number(result.differences))} memberships had changed without a reason and were put right. This is a defect of ours; please tell us.`;
    case 'holdout':
      return result.running === true ? 'Those acted on were held against those held out.' : 'Nobody is held out.';
    case 'close': {
      const [gone, waiting] = [number(result.orders) + number(result.refunds), number(result.waiting)];
      if (gone === 0) return 'No sale was old enough.';
      return `${count(gone)} sales and refunds from before ${String(result.closedBefore)} became sums of their days; no figure changed.${waiting === 0 ? '' : ` ${count(waiting)} wait for a younger refund of theirs.`}`;
    }
    case 'retention': {
      const parts = [
        [number(result.values), 'old daily values'], [number(result.deadLetters), 'settled failures'], [number(result.events), 'old events'], [number(result.runs), 'old reports'],
      ] as const;
      const gone = parts.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
      return gone.length === 0 ? 'Nothing was old enough.' : `${gone.join(', ')} removed.`;
    }
    default:
      return '';
  }
}
