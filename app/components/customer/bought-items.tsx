/** What an order sold, or a refund took back: the first things in a line, all of them on demand. */
import { ChevronDown } from 'lucide-react';
import { useId, useState } from 'react';
import type { TransactionRow } from '#operations/sale-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';

type Item = TransactionRow['items'][number];

const NAMED = 3;
/** An order may have thousands of lines; nobody reads them here. */
const LISTED = 100;

function words(item: Item): string {
  return item.quantity > 1 ? `${item.quantity} × ${item.name}` : item.name;
}

/** The first few names, and how many more there are. */
export function itemsInWords(items: readonly Item[]): string {
  const named = items.slice(0, NAMED).map(words).join(', ');
  return items.length > NAMED ? `${named} and ${items.length - NAMED} more` : named;
}

export function BoughtItems({ items, currency, label }: { items: readonly Item[]; currency: string; label: string }) {
  const { money, count } = useFormats();
  const [open, setOpen] = useState(false);
  const id = useId();
  if (items.length === 0) return <span className="text-muted">–</span>;
  return (
    <div className="max-w-96">
      <div className="flex items-start justify-between gap-2">
        <span className="line-clamp-2 text-muted">{itemsInWords(items)}</span>
        <Button small look="quiet" className="-my-1" aria-expanded={open} aria-controls={id} aria-label={`Lines of ${label}`} onClick={() => setOpen(!open)}>
          <ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
        </Button>
      </div>
      {open && (
        <table id={id} className="figures mt-2 w-full text-13">
          <caption className="sr-only">Lines of {label}</caption>
          <thead className="sr-only"><tr><th scope="col">Product</th><th scope="col">Quantity</th><th scope="col">Amount</th></tr></thead>
          <tbody>
            {items.slice(0, LISTED).map((item, line) => (
              <tr key={line} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-3 text-left font-normal">{item.name}<span className="block text-12 text-muted">{[item.category, item.sku].filter((part) => part !== null).join(' · ')}</span></th>
                <td className="px-2 py-1.5 text-right whitespace-nowrap">{count(item.quantity)} ×</td>
                <td className="py-1.5 pl-2 text-right whitespace-nowrap">{money(item.amount, 'exact', currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open && items.length > LISTED && <p className="border-t border-line py-1.5 text-12 text-muted">The first {count(LISTED)} of {count(items.length)} lines.</p>}
    </div>
  );
}
