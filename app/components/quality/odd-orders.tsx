/** Who buys unlike everybody else, and what is in a currency that cannot be counted. */
import { Link } from '@remix-run/react';
import type { QualityReport } from '#operations/quality';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

const head = 'h-9 px-3 text-12 font-strong text-muted';

export function OddOrders({ report }: { report: QualityReport }) {
  const { money, count, time } = useFormats();
  const { outliers, usualOrder, uncounted } = report;
  if (outliers.length === 0 && uncounted.length === 0) return null;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {outliers.length > 0 && usualOrder !== null && (
        <Card flush title="Orders unlike the others" note={`Far from the sizes your shop sells; a usual order is ${money(usualOrder)}`}>
          <table className="figures w-full text-14">
            <caption className="sr-only">Buyers with orders far from the usual size</caption>
            <thead><tr className="border-t border-line"><th scope="col" className={`${head} pl-5 text-left`}>Buyer</th><th scope="col" className={`${head} text-right`}>Orders</th><th scope="col" className={`${head} text-right`}>Largest</th><th scope="col" className={`${head} pr-5 text-right max-sm:hidden`}>Last</th></tr></thead>
            <tbody>
              {outliers.slice(0, 10).map((row) => (
                <tr key={`${row.customerId} ${row.big}`} className="h-10 border-t border-line">
                  <td className="px-3 pl-5">{row.customerId === null ? 'Nobody we can name' : <Link to={`/customers/${row.customerId}`} className="hover:underline">{row.name ?? 'One customer'}</Link>}</td>
                  <td className="px-3 text-right">{count(row.orders)}</td>
                  <td className="px-3 text-right">{money(row.largest)}</td>
                  <td className="px-3 pr-5 text-right whitespace-nowrap max-sm:hidden">{time(row.lastAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
      {uncounted.length > 0 && (
        <Card flush title="Not in your revenue" note="Orders in a currency without a rate; they count once it has one">
          <table className="figures w-full text-14">
            <caption className="sr-only">Orders that are not counted, by currency</caption>
            <thead><tr className="border-t border-line"><th scope="col" className={`${head} pl-5 text-left`}>Currency</th><th scope="col" className={`${head} text-right`}>Orders</th><th scope="col" className={`${head} pr-5 text-right`}>Amount</th></tr></thead>
            <tbody>
              {uncounted.map((row) => (
                <tr key={row.currency} className="h-10 border-t border-line"><td className="px-3 pl-5">{row.currency}</td><td className="px-3 text-right">{count(row.orders)}</td><td className="px-3 pr-5 text-right">{money(row.amount, 'short', row.currency)}</td></tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
    </div>
  );
}
