/** How a figure moved against the window before it: sign, arrow and words, colour only beside them. */
import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide-react';
import { useFormats } from '../../format/use-formats.tsx';

export function Change({ now, before, against }: { now: number; before: number | null; against: string }) {
  const { change } = useFormats();
  if (before === null) return null;
  if (before === 0) {
    return <span className="text-12 text-muted">{now === 0 ? `None ${against} either` : `None ${against}`}</span>;
  }
  const fraction = (now - before) / Math.abs(before);
  const flat = Math.abs(fraction) < 0.0005;
  const Icon = flat ? ArrowRight : fraction > 0 ? ArrowUpRight : ArrowDownRight;
  const tone = flat ? 'text-muted' : fraction > 0 ? 'text-positive' : 'text-negative';
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1 text-12 text-muted">
      <span className={`inline-flex items-center gap-0.5 font-strong ${tone}`}>
        <Icon aria-hidden className="size-3.5" />
        {flat ? 'no change' : change(fraction)}
      </span>{' '}
      {against}
    </span>
  );
}
