/** A lifecycle stage as a word with its own mark, so that colour is never the only sign. */
import { CircleDashed, CircleDot, RotateCcw, TriangleAlert, CircleOff, type LucideIcon } from 'lucide-react';
import type { Stage } from '#core/clv/lifecycle';
import { stageMeaning, stageName } from '../../format/words.ts';

const MARKS: Record<Stage, { icon: LucideIcon; className: string }> = {
  new: { icon: CircleDashed, className: 'text-series-2' },
  active: { icon: CircleDot, className: 'text-positive' },
  returning: { icon: RotateCcw, className: 'text-positive' },
  at_risk: { icon: TriangleAlert, className: 'text-warning' },
  lapsed: { icon: CircleOff, className: 'text-muted' },
};

export function StageBadge({ stage }: { stage: Stage | null }) {
  if (stage === null) return <span className="text-muted">Not yet placed</span>;
  const { icon: Icon, className } = MARKS[stage];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap" title={stageMeaning(stage)}>
      <Icon aria-hidden className={`size-3.5 ${className}`} />
      {stageName(stage)}
    </span>
  );
}
