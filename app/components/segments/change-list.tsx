/** Who came into a segment and who left it, the newest first, and what caused it. */
import { Link } from '@remix-run/react';
import { LogIn, LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormats } from '../../format/use-formats.tsx';

export interface ListedChange {
  /** Unique within the list. */
  key: string;
  change: 'entered' | 'left';
  /** ISO 8601: the instant that made it so. */
  at: string;
  cause: { kind: string; what: string | null; by?: string | null | undefined };
  /** Who, or which segment. */
  name: string;
  to: string;
}

export function ChangeList({ changes, empty }: { changes: readonly ListedChange[]; empty: ReactNode }) {
  const { time } = useFormats();
  if (changes.length === 0) return <p className="py-2 text-13 text-muted">{empty}</p>;
  return (
    <ol className="flex flex-col">
      {changes.map((one) => {
        const Icon = one.change === 'entered' ? LogIn : LogOut;
        return (
          <li key={one.key} className="flex gap-3 border-t border-line py-2 first:border-t-0 first:pt-0">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${one.change === 'entered' ? 'text-positive' : 'text-warning'}`} />
            <div className="min-w-0">
              <p className="truncate"><Link to={one.to} className="underline-offset-2 hover:underline">{one.name}</Link> <span className="text-muted">{one.change}</span></p>
              <p className="figures text-12 text-muted">{time(one.at)} · {causeWords(one.cause)}</p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** What made somebody enter or leave, in words. */
export function causeWords({ kind, what, by }: ListedChange['cause']): string {
  switch (kind) {
    case 'order': return 'an order or a refund';
    case 'event': return what === null || UUID.test(what) ? 'something she did' : `she did ${what.replaceAll('_', ' ')}`;
    case 'profile': return what === 'new' ? 'she became known' : 'her profile changed';
    case 'time': return timeWords(what);
    case 'score': return 'her scores changed';
    case 'night': return 'the nightly count';
    case 'edit': return what === 'archived' ? 'the segment was archived' : 'the segment was made or changed';
    case 'list': return `a change of the list${by == null ? '' : ` by ${by}`}`;
    case 'segment': return 'she entered or left a segment that this one asks for';
    case 'merge': return 'two customers were merged';
    default: return kind;
  }
}

const UUID = /^[0-9a-f]{8}-/;
const HOUR_MS = 3_600_000;

/** "orders 5184000000": an order became so old; "page_view 86400000": such an event did; a day: it began. */
function timeWords(what: string | null): string {
  const [, of, ms] = /^(.+) (\d+)$/.exec(what ?? '') ?? [];
  if (of === undefined || ms === undefined) return 'a new day began';
  const hours = Number(ms) / HOUR_MS;
  return `${of === 'orders' ? 'an order' : of === 'events' ? 'an event' : `the event ${of.replaceAll('_', ' ')}`} became ${hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`} old`;
}
