/** The customer's headline: worth in all, likely to come, likely to buy again, and when. */
import type { ReactNode } from 'react';
import type { CustomerProfile } from '#operations/customer-views';
import type { ContractsView } from '#operations/subscription-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { InfoPopover } from '../ui/info-popover.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';
import { StageBadge } from '../ui/stage-badge.tsx';

export function ValueHead({ customer, contract }: { customer: CustomerProfile; contract: ContractsView['contract'] }) {
  const { money, percent, day, decimal } = useFormats();
  const ahead = horizonWords(customer.horizonDays);
  const { predictedLow: low, predictedHigh: high, predictedValue: predicted } = customer;
  const wide = predicted > 0 && high - low > predicted * 1.5;
  return (
    <section aria-label="Value" className="grid gap-x-8 gap-y-6 rounded-card border border-line bg-surface p-5 sm:p-6 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)]">
      <div>
        <p className="text-13 text-muted">Total value</p>
        <p className="mt-1 text-40 font-strong tracking-tight"><LiveFigure>{money(customer.totalValue)}</LiveFigure></p>
        <p className="mt-1 text-13 text-muted">{money(customer.historicalValue)} so far + {money(predicted)} likely in the {ahead}</p>
        {contract !== null && (
          <p className="text-13 text-muted">Under contract: {money(contract.monthly)} a month, by which {money(contract.horizon.mean)} are likely in the {horizonWords(contract.horizonDays)}</p>
        )}
        <p className="text-12 text-muted">as of {day(customer.asOf)}</p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3">
        <Fact label={`Value, ${ahead}`} note={`${money(low)} – ${money(high)}, 80% likely`}
          about={<>
            <p>What this customer is expected to bring in the {ahead}, in today's money. Eight times in ten the outcome lies in the range.</p>
            {wide && <p className="mt-2 text-muted">The range is wide because {customer.purchaseDays <= 1 ? 'one purchase says little about the next' : 'few purchases say little about the next'}.</p>}
          </>}>
          <LiveFigure>{money(predicted)}</LiveFigure>
        </Fact>
        <Fact label="Likely to buy again" note={customer.lastDay === null ? 'Never bought' : `Last bought ${day(customer.lastDay)}`}
          about={<p>P(alive): the chance that this customer has not left for good, from the silence since the last purchase against their own pace.</p>}>
          {customer.pAlive === null ? '–' : <LiveFigure>{percent(customer.pAlive)}</LiveFigure>}
        </Fact>
        <Fact label="Next order around" note={customer.averageGapDays === null ? 'No pace of their own yet' : `Usually every ${decimal(customer.averageGapDays)} days`}
          about={<p>When the next order is expected, if the customer is still buying. It moves on as days pass without one.</p>}>
          {customer.nextOrderDay === null ? '–' : day(customer.nextOrderDay)}
        </Fact>
        <Fact label="Stage"><StageBadge stage={customer.stage} /></Fact>
        <Fact label="RFM" note={customer.rfmSegment ?? undefined}
          about={<p>Recency, frequency and monetary scores, 1 to 5 each; 5 is the best fifth of your customers.</p>}>
          {customer.recencyScore === 0 ? '–' : <LiveFigure>{`${customer.recencyScore}–${customer.frequencyScore}–${customer.monetaryScore}`}</LiveFigure>}
        </Fact>
        <Fact label="Average order" note={`${customer.orders} ${customer.orders === 1 ? 'order' : 'orders'}`}>
          {customer.averageOrderValue === null ? '–' : money(customer.averageOrderValue)}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ label, note, about, children }: { label: string; note?: string | undefined; about?: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="flex items-center gap-1.5 text-13 text-muted">{label}{about !== undefined && <InfoPopover label={label}>{about}</InfoPopover>}</dt>
      <dd className="figures mt-0.5 text-16 font-strong">{children}</dd>
      {note !== undefined && <dd className="text-12 text-muted first-letter:uppercase">{note}</dd>}
    </div>
  );
}
