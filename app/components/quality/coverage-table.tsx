/** How complete the orders of each source are: shares as numbers, with a bar as second reading. */
import type { QualityReport } from '#operations/quality';
import { useFormats } from '../../format/use-formats.tsx';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';

const DETAILS = [
  { key: 'customer', label: 'Customer', why: 'without one an order is in nobody’s value' },
  { key: 'email', label: 'E-mail', why: 'recognises people across platforms' },
  { key: 'items', label: 'Items', why: 'what was bought' },
  { key: 'channel', label: 'Channel', why: 'where the order came from' },
  { key: 'cost', label: 'Cost', why: 'what winning the customer cost' },
] as const;

export function CoverageTable({ coverage }: { coverage: QualityReport['coverage'] }) {
  const { count, percent } = useFormats();
  if (coverage.length === 0) return null;
  return (
    <Card flush title="How complete your orders are" note="Orders of the last year, and the share that says who, what and from where">
      <div className="relative overflow-x-auto rounded-b-card">
        <table className="figures w-full text-14">
          <caption className="sr-only">Share of orders with each detail, by the source they are named after</caption>
          <thead>
            <tr className="border-t border-line text-12 text-muted">
              <th scope="col" className="h-9 pr-3 pl-5 text-left font-strong">Source<span className="block font-body md:hidden">Orders</span></th>
              <th scope="col" className="h-9 px-3 text-right font-strong max-md:hidden">Orders</th>
              {DETAILS.map(({ key, label, why }) => <th key={key} scope="col" title={why} className="h-9 pr-1 pl-1 text-right font-strong last:pr-5 md:pl-3 md:not-last:pr-3">{label}</th>)}
            </tr>
          </thead>
          <tbody>
            {coverage.map((row) => (
              <tr key={row.source} className="border-t border-line">
                <th scope="row" className="h-10 py-1 pr-3 pl-5 text-left font-normal max-md:pr-1 md:whitespace-nowrap">{row.name}<span className="block text-12 text-muted md:hidden">{count(row.orders)}</span></th>
                <td className="px-3 text-right max-md:hidden">{count(row.orders)}</td>
                {DETAILS.map(({ key }) => (
                  <td key={key} className="py-1 pr-1 pl-1 text-right last:pr-5 md:pl-3 md:not-last:pr-3 max-md:text-12 md:min-w-20">
                    {percent(row.shares[key], row.shares[key] > 0.99 && row.shares[key] < 1 ? 1 : 0)}
                    <Bar share={row.shares[key]} className="mt-0.5 h-1" />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
