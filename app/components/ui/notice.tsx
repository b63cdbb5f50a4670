/** One sentence that needs attention, said with an icon and words, never by colour alone. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export type NoticeTone = 'info' | 'good' | 'warning' | 'bad';

const TONES = {
  info: { icon: Info, className: 'bg-sunken text-ink', iconClass: 'text-muted' },
  good: { icon: CircleCheck, className: 'bg-accent-soft text-ink', iconClass: 'text-positive' },
  warning: { icon: TriangleAlert, className: 'bg-warning-soft text-ink', iconClass: 'text-warning' },
  bad: { icon: CircleAlert, className: 'bg-negative-soft text-ink', iconClass: 'text-negative' },
} as const;

export function Notice({ tone = 'info', children, role }: { tone?: NoticeTone; children: ReactNode; role?: 'status' | 'alert' }) {
  const { icon: Icon, className, iconClass } = TONES[tone];
  return (
    <div role={role} className={`flex gap-2.5 rounded-control px-3 py-2.5 text-13 ${className}`}>
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${iconClass}`} />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
