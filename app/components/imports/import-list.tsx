/** Every import: how far it is, what it brought, what was refused and why. */
import { Form, useFetcher } from '@remix-run/react';
import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ImportView } from '#operations/views';
import type { loader } from '../../routes/import.$id.rejections.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { importStateName } from '../../format/words.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { SkippedLines } from './skipped-lines.tsx';

export function isRunning({ state }: ImportView): boolean {
  return state === 'uploading' || state === 'waiting' || state === 'running';
}

export function ImportList({ imports }: { imports: ImportView[] }) {
  if (imports.length === 0) return null;
  return (
    <Card flush title="Imports">
      <ul>{imports.map((view) => <ImportRow key={view.id} view={view} />)}</ul>
    </Card>
  );
}

function ImportRow({ view }: { view: ImportView }) {
  const { count, time, percent } = useFormats();
  const [open, setOpen] = useState(false);
  const share = view.bytesTotal === null || view.bytesTotal === 0 ? null : Math.min(1, view.bytesRead / view.bytesTotal);
  const counts = [
    `${count(view.linesRead)} ${view.linesRead === 1 ? 'line' : 'lines'} read`,
    `${count(view.inserted)} new`,
    view.unchanged > 0 ? `${count(view.unchanged)} already known` : null,
  ].filter((part) => part !== null);
  return (
    <li className="border-t border-line px-5 py-3.5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <p className="truncate font-strong">{view.name}</p>
          <p className="figures text-13 text-muted">{view.anywayOf !== null && 'Skipped lines, imported anyway · '}{importStateName(view.state)} · {time(view.finishedAt ?? view.startedAt ?? view.createdAt)}</p>
        </div>
        <div className="flex items-center gap-2">
          {view.rejected > 0 && (
            <Button small look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
              {count(view.rejected)} refused<ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
            </Button>
          )}
          {isRunning(view) && (
            <Form method="post">
              <input type="hidden" name="id" value={view.id} />
              <Button small type="submit" name="intent" value="cancel">Cancel</Button>
            </Form>
          )}
        </div>
      </div>
      {isRunning(view) && share !== null && <progress value={share} aria-label={`${view.name}: ${percent(share)}`} className="progress mt-2 w-full" />}
      {view.linesRead > 0 && <p className="figures mt-1 text-13">{counts.join(', ')}</p>}
      {view.error !== null && <div className="mt-2"><Notice tone="bad">{view.error}</Notice></div>}
      {view.skipped > 0 && <SkippedLines view={view} />}
      {open && <Rejections id={view.id} total={view.rejected} />}
    </li>
  );
}

function Rejections({ id, total }: { id: string; total: number }) {
  const { load, data } = useFetcher<typeof loader>();
  const { count } = useFormats();
  useEffect(() => load(`/import/${id}/rejections`), [id, load]);
  if (data === undefined) return <SkeletonRows rows={Math.min(3, total)} columns={3} rowClass="h-8" />;
  return (
    <div className="relative mt-3 max-h-80 overflow-auto rounded-control border border-line">
      <table className="figures w-full text-13">
        <caption className="sr-only">Refused lines</caption>
        <thead className="sticky top-0 bg-sunken text-muted">
          <tr>
            <th scope="col" className="h-8 px-3 text-right">Line</th>
            <th scope="col" className="h-8 px-3">Why</th>
            <th scope="col" className="h-8 px-3">As it stands in the file</th>
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.line} className="border-t border-line align-top">
              <td className="px-3 py-1.5 text-right">{count(row.line)}</td>
              <td className="px-3 py-1.5">{row.reason}{row.column !== null && <span className="text-muted"> · column {row.column}</span>}</td>
              <td className="max-w-md px-3 py-1.5"><code className="block truncate font-mono text-12 text-muted" title={row.raw}>{row.raw}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.nextCursor !== null && <p className="border-t border-line px-3 py-2 text-13 text-muted">The first {count(data.rows.length)} of {count(total)}. Mend the file and import it again: lines that are in already are not doubled.</p>}
    </div>
  );
}
