/** A contract's status as a word with its own mark. */
import { CircleCheck, CircleDashed, CircleOff, CirclePause, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { SubscriptionStatus } from '#core/commerce/record';

export const STATUS_WORDS: Readonly<Record<SubscriptionStatus, { name: string; meaning: string }>> = {
  active: { name: 'Active', meaning: 'Pays and renews' },
  trialing: { name: 'On trial', meaning: 'Has not paid yet; counted apart until the trial ends' },
  past_due: { name: 'Payment late', meaning: 'The last payment failed and is tried again; still counted' },
  paused: { name: 'Paused', meaning: 'Brings nothing for now' },
  cancelled: { name: 'Ended', meaning: 'Over' },
};

const MARKS: Readonly<Record<SubscriptionStatus, { icon: LucideIcon; className: string }>> = {
  active: { icon: CircleCheck, className: 'text-positive' },
  trialing: { icon: CircleDashed, className: 'text-series-2' },
  past_due: { icon: TriangleAlert, className: 'text-warning' },
  paused: { icon: CirclePause, className: 'text-muted' },
  cancelled: { icon: CircleOff, className: 'text-muted' },
};

export function StatusBadge({ status }: { status: SubscriptionStatus }) {
  const { icon: Icon, className } = MARKS[status];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap" title={STATUS_WORDS[status].meaning}>
      <Icon aria-hidden className={`size-3.5 ${className}`} />
      {STATUS_WORDS[status].name}
    </span>
  );
}
