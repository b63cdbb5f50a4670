/** What happened with this customer, newest first. */
import { Calculator, MousePointerClick, Package, Sprout, Undo2, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { TimelineEntry } from '#operations/customer-views';
import { eventTimes } from '../events/event-words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

const ICONS: Record<TimelineEntry['kind'], LucideIcon> = { order: Package, refund: Undo2, first_seen: Sprout, scored: Calculator, event: MousePointerClick };
const AT_FIRST = 12;

export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  const { money, time } = useFormats();
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, AT_FIRST);
  return (
    <Card title="Timeline">
      <ol className="flex flex-col">
        {shown.map((entry, index) => {
          const Icon = ICONS[entry.kind];
          const amount = entry.amount !== null && entry.kind === 'refund' ? -Math.abs(entry.amount) : entry.amount;
          return (
            <li key={`${entry.at}-${index}`} className="relative flex gap-3 pb-4 last:pb-0 not-last:before:absolute not-last:before:top-7 not-last:before:bottom-0 not-last:before:left-[11px] not-last:before:w-px not-last:before:bg-line">
              <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken"><Icon aria-hidden className="size-3.5 text-muted" /></span>
              <div className="min-w-0 grow">
                <p className="flex justify-between gap-3"><span className="truncate">{entry.kind === 'event' ? eventTimes(entry.title, entry.count ?? 1) : entry.title}</span>{amount !== null && <span className={`figures shrink-0 ${entry.counted ? '' : 'text-muted'}`}>{money(amount, 'short', entry.currency ?? undefined)}</span>}</p>
                {entry.detail !== null && <p className="line-clamp-2 text-13 text-muted">{entry.detail}</p>}
                <p className="figures text-12 text-muted">{time(entry.at)}{!entry.counted && ' · not counted'}</p>
              </div>
            </li>
          );
        })}
      </ol>
      {!all && entries.length > AT_FIRST && <Button small look="quiet" className="mt-3 self-start" onClick={() => setAll(true)}>Show all {entries.length}</Button>}
    </Card>
  );
}
