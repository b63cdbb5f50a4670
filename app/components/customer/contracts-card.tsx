/** A customer's subscriptions, and what those she pays for are worth by contract. */
import type { ContractsView } from '#operations/subscription-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { useNextDate } from '../subscriptions/contract-dates.tsx';
import { StatusBadge } from '../subscriptions/status-badge.tsx';
import { Card } from '../ui/card.tsx';
import { InfoPopover } from '../ui/info-popover.tsx';

export function ContractsCard({ contracts }: { contracts: ContractsView }) {
  const { money, percent, date } = useFormats();
  const next = useNextDate();
  const { rows, contract } = contracts;
  if (rows.length === 0) return null;
  return (
    <Card title="Subscriptions">
      {contract !== null && (
        <div className="mb-4">
          <p className="flex items-center gap-1.5 text-13 text-muted">
            By contract, {horizonWords(contract.horizonDays)}
            <InfoPopover label="value by contract">
              <p>{money(contract.monthly, 'exact')} a month for as long as the contract runs. In a month {percent(contract.churn.mean, 1)} of paying customers leave{contract.churn.source === 'prior' ? ', as is ordinary: there is too little to learn from here yet' : ' here'}.</p>
              <p className="mt-2 text-muted">In all, about {money(contract.whole.mean)} ({money(contract.whole.low)} – {money(contract.whole.high)}), in today's money.</p>
              <p className="mt-2 text-muted">The value at the top of the page, and her place in lists, go by the rhythm of purchases, as for everyone.</p>
            </InfoPopover>
          </p>
          <p className="figures text-16 font-strong">{money(contract.horizon.mean)}</p>
          <p className="figures text-12 text-muted">{money(contract.horizon.low)} – {money(contract.horizon.high)}, {percent(1 - 2 * contract.churn.tail)} likely</p>
        </div>
      )}
      <ul className="flex flex-col">
        {rows.map((row) => (
          <li key={`${row.source} ${row.externalId}`} className="figures flex items-start justify-between gap-3 border-t border-line py-2.5 text-14 last:pb-0">
            <div className="min-w-0">
              <p className="truncate" title={row.plan ?? undefined}>{row.plan ?? 'Subscription'}</p>
              <p className="text-12 text-muted">{next(row) ?? `Since ${date(row.startedAt)}`}</p>
            </div>
            <div className="shrink-0 text-right">
              <p>{money(row.monthlyAmount, 'exact', row.currency)} <span className="text-muted">a month</span></p>
              <p className="text-12"><StatusBadge status={row.status} /></p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
