/** Records that could not be taken, newest first: pick some or all, and send them through again. */
import { Form, Link, useNavigation } from '@remix-run/react';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { DeadLetterView } from '#operations/dead-letters';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { cameFrom, recordWords, resolutionWords } from './letter-words.ts';

interface LetterListProps {
  rows: DeadLetterView[];
  open: number;
  mayWrite: boolean;
}

export function LetterList({ rows, open, mayWrite }: LetterListProps) {
  const { time, count } = useFormats();
  const busy = useNavigation().formMethod === 'POST';
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const pick = (id: string, on: boolean) => setPicked((before) => new Set(on ? [...before, id] : [...before].filter((other) => other !== id)));
  const choosable = mayWrite ? rows.filter((row) => row.resolution === null) : [];
  const chosen = choosable.filter((row) => picked.has(row.id)).length;
  return (
    <Form method="post" preventScrollReset onSubmit={() => setPicked(new Set())}>
      <Card
        flush
        title={rows.length === 1 ? '1 record' : choosable.length > 0 && open > rows.length ? `${count(rows.length)} of ${count(open)} records` : `${count(rows.length)} records`}
        note="Kept as received; nothing is lost while they wait"
        actions={choosable.length === 0 ? undefined : (
          <div className="flex flex-wrap gap-2">
            {chosen > 0 && <Button small type="submit" name="intent" value="replay" disabled={busy}>Replay {count(chosen)} picked</Button>}
            {chosen === 0 && open > 1 && <Button small type="submit" name="intent" value="replay-all" disabled={busy}>Replay all {count(open)}</Button>}
          </div>
        )}
      >
        <ul>
          {rows.map((row) => (
            <li key={row.id} className="flex items-center gap-3 border-t border-line pl-5 hover:bg-sunken">
              {choosable.includes(row) && (
                <input type="checkbox" name="ids" value={row.id} aria-label={`Pick: ${row.error}`} checked={picked.has(row.id)} onChange={(event) => pick(row.id, event.target.checked)} className="size-4.5 shrink-0 accent-accent" />
              )}
              <Link to={`/quality/dead-letters/${row.id}`} prefetch="intent" className="flex min-w-0 grow items-center gap-4 py-3.5 pr-5">
                <span className="min-w-0 grow">
                  <span className="block truncate font-strong max-sm:line-clamp-3 max-sm:whitespace-normal" title={row.error}>{row.resolution === 'replayed' ? `Became ${recordWords(row.became)}` : row.error}</span>
                  <span className="figures block truncate text-13 text-muted max-sm:whitespace-normal">{cameFrom(row)} · <code className="font-mono text-12">{row.topic}</code> · {time(row.receivedAt)}</span>
                </span>
                <span className="shrink-0 text-13 text-muted max-sm:hidden">{row.resolution === null && row.edited ? 'Mended, ready to replay' : resolutionWords(row)}</span>
                <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </Form>
  );
}
