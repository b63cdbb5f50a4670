/** How likely the customer is to leave, and what speaks for it and against it. */
import { Link } from '@remix-run/react';
import type { ChurnReasons } from '#operations/model-views';
import { useFormats } from '../../format/use-formats.tsx';
import { featureWords } from '../models/model-words.ts';
import { Card } from '../ui/card.tsx';

export function ChurnCard({ churn }: { churn: ChurnReasons }) {
  const { percent, count, decimal } = useFormats();
  if (churn.churn === null) return null;
  const most = Math.max(...churn.reasons.map(({ effect }) => Math.abs(effect)), 0);
  const write = (value: number | string | null): string => (value === null ? 'unknown' : typeof value === 'string' ? value : decimal(value, 1));
  return (
    <Card title={`${percent(churn.churn)} likely to leave`} note={`Chance of no order in the next ${count(churn.horizonDays)} days`}>
      {churn.reasons.length === 0
        ? <p className="text-14">{churn.by === 'learned' ? 'The model has no reasons to give just now.' : 'From the rhythm of purchases: the silence since the last one against their own pace and everyone else’s.'}</p>
        : (
          <>
            <ul className="flex flex-col gap-2 text-14">
              {churn.reasons.map(({ name, value, effect }) => (
                <li key={name} className="flex items-baseline justify-between gap-4">
                  <span className="min-w-0">{featureWords(name)}: <span className="figures">{write(value)}</span></span>
                  <span className={`shrink-0 text-13 ${effect > 0 ? 'text-negative' : 'text-positive'}`}>{effect > 0 ? '↑' : '↓'} {strength(Math.abs(effect), most)} for {effect > 0 ? 'leaving' : 'staying'}</span>
                </li>
              ))}
            </ul>
            <p className="mt-3 text-13 text-muted">What moves this customer away from the average of all, the strongest first. {churn.modelId !== null && <Link className="underline underline-offset-2" to={`/models/${churn.modelId}`}>How well this model does</Link>}</p>
          </>
        )}
    </Card>
  );
}

function strength(effect: number, most: number): string {
  if (effect > most * 0.6) return 'strongly';
  return effect > most * 0.25 ? 'somewhat' : 'a little';
}
