/** Lines that an earlier file had already: what they are, why they were left out, and how to bring them in. */
import { useFetcher } from '@remix-run/react';
import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ImportView } from '#operations/import-views';
import type { loader } from '../../routes/import.$id.skipped.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { FileLines } from './file-lines.tsx';
import { ImportAnyway } from './import-anyway.tsx';

export function SkippedLines({ view, mayImport }: { view: ImportView; mayImport: boolean }) {
  const { count } = useFormats();
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-2 rounded-control bg-sunken px-3 py-2">
      <div className="flex items-center justify-between gap-4">
        <p className="figures min-w-0 text-13">
          {view.skipped === 1 ? '1 line was skipped because an earlier file had it.' : `${count(view.skipped)} lines were skipped because an earlier file had them.`}
        </p>
        <Button small look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'}<ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
        </Button>
      </div>
      {open && (
        <div className="pb-1">
          <p className="mt-1 max-w-prose text-13 text-muted">
            These lines have no order id, and an earlier file had lines that say exactly the same. Most often that is the same sale exported
            twice, so they were not counted again. If they are other sales that only look alike, import them anyway: each then counts as a
            sale of its own. Lines with an order id are never counted twice.
          </p>
          <Lines id={view.id} total={view.skipped} />
          {view.finishedAt !== null && view.state !== 'undoing' && view.state !== 'undone' && (view.anywayId === null && view.fileRemovedAt !== null
            ? <p className="mt-3 text-13">The uploaded file was deleted meanwhile. To bring these lines in, import it again.</p>
            : view.anywayId === null
            ? mayImport && <div className="mt-3 flex justify-end"><ImportAnyway view={view} /></div>
            : <p className="mt-3 text-13">You imported these lines anyway: they are an import of their own in this list.</p>)}
        </div>
      )}
    </div>
  );
}

function Lines({ id, total }: { id: string; total: number }) {
  const { load, data } = useFetcher<typeof loader>();
  const { count } = useFormats();
  useEffect(() => load(`/import/${id}/skipped`), [id, load]);
  return (
    <FileLines name="Skipped lines" rows={data?.rows} total={total}>
      {data !== undefined && data.rows.length < total && <p className="border-t border-line px-3 py-2 text-13 text-muted">The first {count(data.rows.length)} of {count(total)}.</p>}
    </FileLines>
  );
}
