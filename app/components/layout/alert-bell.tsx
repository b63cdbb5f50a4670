/** How many alerts nobody has seen; leads to where they are. Says nothing while there are none. */
import { Link } from '@remix-run/react';
import { Bell } from 'lucide-react';
import { useFormats } from '../../format/use-formats.tsx';

export interface UnseenAlerts {
  count: number;
  /** The newest of the most serious, in words. */
  title: string | null;
  critical: boolean;
}

export function AlertBell({ unseen }: { unseen: UnseenAlerts }) {
  const { count } = useFormats();
  const words = unseen.count === 0 ? 'No alerts' : `${count(unseen.count)} ${unseen.count === 1 ? 'alert' : 'alerts'}: ${unseen.title ?? ''}`;
  return (
    <Link to="/quality" prefetch="intent" title={words} aria-label={words} className="relative inline-flex size-9 items-center justify-center rounded-control text-muted transition-colors hover:bg-sunken hover:text-ink">
      <Bell aria-hidden className="size-4.5" />
      {unseen.count > 0 && (
        <span aria-hidden className={`figures absolute -top-0.5 -right-0.5 min-w-4.5 rounded-full px-1 text-center text-12 leading-4.5 font-strong ${unseen.critical ? 'bg-negative text-surface' : 'bg-warning text-surface'}`}>{unseen.count > 9 ? '9+' : unseen.count}</span>
      )}
    </Link>
  );
}
