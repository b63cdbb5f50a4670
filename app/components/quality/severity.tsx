/** How serious something is: an icon and a word, never colour alone. */
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { Severity } from '#core/quality/alert-rules';

const LOOKS = {
  critical: { icon: CircleAlert, className: 'text-negative', word: 'Urgent' },
  warning: { icon: TriangleAlert, className: 'text-warning', word: 'Look at this' },
  info: { icon: Info, className: 'text-muted', word: 'Good to know' },
} as const satisfies Record<Severity, unknown>;

export function SeverityMark({ severity }: { severity: Severity }) {
  const { icon: Icon, className, word } = LOOKS[severity];
  return <><Icon aria-hidden className={`mt-0.5 size-4.5 shrink-0 ${className}`} /><span className="sr-only">{word}: </span></>;
}
