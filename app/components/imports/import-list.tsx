/** Every import: how far it is, what it brought, what was refused and why. */
import { Form, useFetcher } from '@remix-run/react';
import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { PRESET_NAMES } from '#core/commerce/files/preset-ids';
import type { ImportView } from '#operations/import-views';
import type { loader } from '../../routes/import.$id.rejections.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { importStateName } from '../../format/words.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { FileLines } from './file-lines.tsx';
import { SkippedLines } from './skipped-lines.tsx';
import { UndoImport } from './undo-import.tsx';

export function isRunning({ state }: ImportView): boolean {
  return state === 'uploading' || state === 'waiting' || state === 'running' || state === 'undoing';
}

/** Whether there may be something to take out again. */
function canUndo({ state, inserted }: ImportView): boolean {
  return (state === 'done' || state === 'cancelled' || state === 'failed') && inserted > 0;
}

/** What whoever looks may do with imports. */
export interface ImportRights {
  write: boolean;
  undo: boolean;
}

export function ImportList({ imports, may }: { imports: ImportView[]; may: ImportRights }) {
  if (imports.length === 0) return null;
  return (
    <Card flush title="Imports">
      <ul>{imports.map((view) => <ImportRow key={view.id} view={view} may={may} />)}</ul>
    </Card>
  );
}

function ImportRow({ view, may }: { view: ImportView; may: ImportRights }) {
  const { count, time, percent } = useFormats();
  const [open, setOpen] = useState(false);
  const pace = usePace(view);
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
          <p className="figures text-13 text-muted">{view.anywayOf !== null && 'Skipped lines, imported anyway · '}{view.preset !== null && `${capital(PRESET_NAMES[view.preset])} · `}{importStateName(view.state)} · {time(view.finishedAt ?? view.startedAt ?? view.createdAt)}</p>
        </div>
        <div className="flex items-center gap-2">
          {view.rejected > 0 && (
            <Button small look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
              {count(view.rejected)} refused<ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
            </Button>
          )}
          {may.undo && canUndo(view) && <UndoImport view={view} />}
          {may.write && isRunning(view) && view.state !== 'undoing' && (
            <Form method="post">
              <input type="hidden" name="id" value={view.id} />
              <Button small type="submit" name="intent" value="cancel">Cancel</Button>
            </Form>
          )}
        </div>
      </div>
      {isRunning(view) && view.state !== 'undoing' && share !== null && <progress value={share} aria-label={`${view.name}: ${percent(share)}`} className="progress mt-2 w-full" />}
      {view.linesRead > 0 && <p className="figures mt-1 text-13">{counts.join(', ')}{pace !== null && <span className="text-muted"> · {pace}</span>}</p>}
      <Outcome view={view} />
      {view.error !== null && <div className="mt-2"><Notice tone="bad">{view.error}</Notice></div>}
      {view.skipped > 0 && <SkippedLines view={view} mayImport={may.write} />}
      {open && <Rejections id={view.id} total={view.rejected} />}
    </li>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What became of it, where its figures alone do not say. From the server's state, so it stays. */
function Outcome({ view }: { view: ImportView }) {
  const { count } = useFormats();
  const kept = view.inserted === 1 ? 'The 1 sale that it had brought by then stays' : `The ${count(view.inserted)} sales that it had brought by then stay`;
  switch (view.state) {
    case 'cancelled': return <p className="mt-1 text-13 text-muted">Stopped by hand. {view.inserted === 0 ? 'It had brought nothing yet' : `${kept}; undo takes them out`}.</p>;
    case 'failed': return view.inserted === 0 ? null : <p className="mt-1 text-13 text-muted">{kept}; the whole file may be imported again.</p>;
    case 'undoing': return <p role="status" className="figures mt-1 text-13 text-muted">{count(view.undone)} of {count(view.inserted)} taken out so far.</p>;
    case 'undone': return <p className="figures mt-1 text-13 text-muted">{view.undone === 1 ? '1 sale was' : `${count(view.undone)} sales were`} taken out of the figures again.</p>;
    default: return null;
  }
}

/** Lines a second since reading began, and the time that is left at that pace; null while nothing can be said. */
function usePace(view: ImportView): string | null {
  const { count, duration } = useFormats();
  const [now, setNow] = useState<number | null>(null);
  const running = view.state === 'running';
  useEffect(() => {
    if (!running) return;
    // After the first rendering only: the server's clock is not the browser's.
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  if (!running || now === null || view.startedAt === null || view.linesRead === 0) return null;
  const seconds = (now - Date.parse(view.startedAt)) / 1000;
  if (seconds < 2) return null;
  const pace = `${count(view.linesRead / seconds)} lines a second`;
  if (view.bytesTotal === null || view.bytesRead === 0) return pace;
  return `${pace}, about ${duration(Math.max(1, (seconds * (view.bytesTotal - view.bytesRead)) / view.bytesRead))} left`;
}

function Rejections({ id, total }: { id: string; total: number }) {
  const { load, data } = useFetcher<typeof loader>();
  const { count } = useFormats();
  useEffect(() => load(`/import/${id}/rejections`), [id, load]);
  return (
    <FileLines name="Refused lines" rows={data?.rows} total={total} why={(row) => <>{row.reason}{row.column !== null && <span className="text-muted"> · column {row.column}</span>}</>}>
      <p className="border-t border-line px-3 py-2 text-13"><a className="font-strong text-accent underline-offset-2 hover:underline" href={`/import/${id}/rejections.csv`} download>All refused lines as CSV</a></p>
      {data !== undefined && data.nextCursor !== null && <p className="border-t border-line px-3 py-2 text-13 text-muted">The first {count(data.rows.length)} of {count(total)}. Mend the file and import it again: lines that are in already are not doubled.</p>}
    </FileLines>
  );
}
