/** The first sales of a file as they will be taken. */
import { useFormats } from '../../format/use-formats.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Understood } from './understood.ts';

const ROWS = 6;

export function UnderstoodRows({ understood }: { understood: Understood }) {
  const { money, time, count } = useFormats();
  const shown = understood.records.slice(0, ROWS);
  return (
    <section aria-label="How it will be taken" className="flex flex-col gap-3">
      <Warnings understood={understood} />
      {shown.length > 0 && (
        <div>
          <h3 className="text-14 font-strong">How the first sales will be taken</h3>
          <div className="relative mt-2 overflow-x-auto rounded-control border border-line" tabIndex={0} role="region" aria-label="The first sales">
            <table className="figures w-full text-13">
              <caption className="sr-only">The first sales as they will be taken</caption>
              <thead className="bg-sunken text-muted">
                <tr>
                  <th scope="col" className="h-8 px-3">When</th>
                  <th scope="col" className="h-8 px-3 text-right">Amount</th>
                  <th scope="col" className="h-8 px-3">Who</th>
                  <th scope="col" className="h-8 px-3">What</th>
                  <th scope="col" className="h-8 px-3 text-right">Items</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ record, row }) => (
                  <tr key={`${record.externalId} ${row.line}`} className="border-t border-line">
                    <td className="h-9 px-3 whitespace-nowrap">{time(record.occurredAt)}</td>
                    <td className="h-9 px-3 text-right whitespace-nowrap">{record.kind === 'refund' ? '−' : ''}{money(record.amounts.given ?? record.amounts.goods - record.amounts.discount, 'exact', record.amounts.currency)}</td>
                    <td className="h-9 max-w-56 truncate px-3">{record.customer?.name ?? record.customer?.email ?? record.customer?.externalId ?? <span className="text-muted">{record.kind === 'refund' && record.orderExternalId !== null ? 'of its order' : 'nobody'}</span>}</td>
                    <td className="h-9 px-3 whitespace-nowrap">{whatItIs(record)}</td>
                    <td className="h-9 px-3 text-right">{record.items.length === 0 ? '' : count(record.items.length)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </section>
  );
}

function whatItIs(record: Understood['records'][number]['record']): string {
  if (record.kind === 'refund') return 'Refund';
  if (!record.counts) return `Not counted (${record.status})`;
  return record.type === 'subscription' ? 'Subscription payment' : 'Sale';
}

function Warnings({ understood }: { understood: Understood }) {
  const { count, currency: own } = useFormats();
  const { rejections, rows, foreign, unattributed, records } = understood;
  const [refused] = rejections;
  return (
    <>
      {refused !== undefined && <Notice tone="warning">{count(rejections.length)} of the first {count(rows)} lines cannot be read. Line {count(refused.line)}{refused.column === null ? '' : `, column ${refused.column}`}: {refused.reason}.</Notice>}
      {foreign.length > 0 && <Notice tone="warning">Some amounts are in {foreign.map(({ currency }) => currency).join(', ')}, your company counts in {own}. They are kept, and count where an exchange rate is known.</Notice>}
      {unattributed > 0 && <Notice tone="warning">{unattributed === records.length ? 'No sale of the first lines names a customer' : `${count(unattributed)} of the first ${count(records.length)} sales name no customer`}: they count as revenue, but for nobody’s value.</Notice>}
    </>
  );
}
