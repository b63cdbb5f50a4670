/** A place to drop a file, and a button for those who would rather choose it. */
import { FileUp } from 'lucide-react';
import { useId, useState, type DragEvent } from 'react';

export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files.item(0);
    if (file !== null) onFile(file);
  };
  return (
    <div
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col items-center gap-3 rounded-card border-2 border-dashed px-6 py-12 text-center transition-colors ${over ? 'border-accent bg-accent-soft' : 'border-line'}`}
    >
      <FileUp aria-hidden className="size-8 text-muted" />
      <p className="text-16 font-strong">Drop an order file here</p>
      <p className="max-w-md text-muted text-pretty">CSV, Excel or JSON Lines, also packed as .gz: a date, an amount, and who bought on each line. Exports of Shopify, WooCommerce and Stripe are recognised; most others fit as they are.</p>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json,.xlsx,.gz,text/csv"
        className="peer sr-only"
        onChange={(event) => {
          const file = event.currentTarget.files?.item(0);
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
      <label htmlFor={id} className="inline-flex h-9 cursor-pointer items-center rounded-control bg-accent px-3.5 font-strong text-on-accent outline-offset-2 hover:bg-accent-strong peer-focus-visible:outline-2 peer-focus-visible:outline-accent">Choose a file</label>
      <p className="max-w-md text-13 text-muted text-pretty">Importing a file twice changes nothing. Files of any size are read in the background, and deleted 30 days later.</p>
      <p className="text-13 text-muted">Or fill in a template: <a className="font-strong text-accent underline-offset-2 hover:underline" href="/api/v1/import-templates/csv" download>CSV</a>, <a className="font-strong text-accent underline-offset-2 hover:underline" href="/api/v1/import-templates/jsonl" download>JSON Lines</a></p>
    </div>
  );
}
