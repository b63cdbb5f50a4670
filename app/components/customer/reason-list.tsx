/** Facts about a customer and how far each moves what a learned model says of them. */
import { Link } from '@remix-run/react';
import type { Reason } from '#operations/model-views';
import { useFormats } from '../../format/use-formats.tsx';
import { featureWords } from '../models/model-words.ts';

interface ReasonListProps {
  reasons: readonly Reason[];
  modelId: string | null;
  /** What a fact does that pulls up, and one that pulls down; and which of them is good news. */
  up: { words: string; tone: string };
  down: { words: string; tone: string };
}

export function ReasonList({ reasons, modelId, up, down }: ReasonListProps) {
  const { decimal } = useFormats();
  const most = Math.max(...reasons.map(({ effect }) => Math.abs(effect)), 0);
  const write = (value: Reason['value']): string => (value === null ? 'unknown' : typeof value === 'string' ? value : decimal(value, 1));
  return (
    <>
      <ul className="flex flex-col gap-2 text-14">
        {reasons.map(({ name, value, effect }) => {
          const way = effect > 0 ? up : down;
          return (
            <li key={name} className="flex items-baseline justify-between gap-4">
              <span className="min-w-0">{featureWords(name)}: <span className="figures">{write(value)}</span></span>
              <span className={`shrink-0 text-13 ${way.tone}`}>{effect > 0 ? '↑' : '↓'} {strength(Math.abs(effect), most)} {way.words}</span>
            </li>
          );
        })}
      </ul>
      <p className="mt-3 text-13 text-muted">What moves this customer away from the average of all, the strongest first. {modelId !== null && <Link className="underline underline-offset-2" to={`/models/${modelId}`}>How well this model does</Link>}</p>
    </>
  );
}

function strength(effect: number, most: number): string {
  if (effect > most * 0.6) return 'strongly';
  return effect > most * 0.25 ? 'somewhat' : 'a little';
}
