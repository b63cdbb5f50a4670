/** Brings in a segment's query from Shopify: what both languages can say; the rest is named, with its place. */
import { useId, useState, type Dispatch } from 'react';
import { importShopify } from '#core/segments/shopify';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Keys, openFilter } from './draft.ts';
import type { EditorAction } from './history.ts';

export function ShopifyImport({ next, dispatch }: { next: number; dispatch: Dispatch<EditorAction> }) {
  const id = useId();
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<{ ok: boolean; said: string; notes: readonly string[] } | null>(null);
  const read = () => {
    const imported = importShopify(text);
    if (!imported.ok) {
      setOutcome({ ok: false, said: `Line ${imported.line}, column ${imported.column}: ${imported.message}`, notes: [] });
      return;
    }
    const keys = new Keys(next);
    dispatch({ type: 'replace', root: openFilter(imported.filter, keys), next: keys.next, what: 'Brought in from Shopify' });
    setOutcome({ ok: true, said: 'Brought in: the conditions above are those of the query. Undo brings the former ones back.', notes: imported.notes });
  };
  return (
    <details className="group rounded-card border border-line bg-surface">
      <summary className="flex cursor-pointer items-center justify-between gap-3 px-5 py-3 text-14 font-strong">Bring in a query from Shopify <span aria-hidden className="text-muted transition-transform group-open:rotate-90">›</span></summary>
      <div className="flex flex-col gap-2 px-5 pb-5">
        <label htmlFor={id} className="text-13 text-muted">Copy it from the segment’s editor in your Shopify admin</label>
        <textarea id={id} rows={3} value={text} spellCheck={false} onChange={(event) => { setText(event.target.value); setOutcome(null); }}
          placeholder="number_of_orders > 2 AND customer_countries CONTAINS 'DE'" className="w-full resize-y rounded-control border border-edge bg-surface px-3 py-2 font-mono text-13" />
        {outcome !== null && <Notice tone={outcome.ok ? 'good' : 'bad'} role={outcome.ok ? 'status' : 'alert'}>{outcome.said}{outcome.notes.length > 0 && <ul className="mt-1 list-disc pl-4">{outcome.notes.map((note) => <li key={note}>{note}</li>)}</ul>}</Notice>}
        <Button small className="self-end" aria-disabled={text.trim() === ''} onClick={() => { if (text.trim() !== '') read(); }}>Read it</Button>
      </div>
    </details>
  );
}
