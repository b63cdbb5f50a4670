/** Who matches, while somebody edits: the exact count, some of them, and where they stand. */
import { Link } from '@remix-run/react';
import type { SegmentPreview } from '#operations/segment-preview';
import { rfmGroupName, rfmGroupOf } from '../../format/rfm-words.ts';
import { isStage, stageName } from '../../format/words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { customerName } from '../customers/customer-name.ts';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import type { Preview } from './use-preview.ts';

interface CountPanelProps {
  preview: Preview;
  /** Why nothing can be counted just now, such as a condition that is not finished. */
  waiting: string | null;
}

export function CountPanel({ preview: { answer, stale, problem }, waiting }: CountPanelProps) {
  return (
    <Card title="Who matches" className="lg:sticky lg:top-[4.5rem] lg:max-h-[calc(100dvh-5.5rem)] lg:overflow-y-auto">
      <div className={`transition-opacity ${stale ? 'opacity-60' : ''}`} aria-busy={stale}>
        <Count answer={answer} />
        {(waiting ?? problem) !== null && <div className="mt-3"><Notice role="status" tone={waiting === null ? 'warning' : 'info'}>{waiting ?? problem}</Notice></div>}
        {answer !== null && answer.count > 0 && (
          <>
            <Breakdowns answer={answer} />
            <Sample answer={answer} />
          </>
        )}
      </div>
    </Card>
  );
}

function Count({ answer }: { answer: SegmentPreview | null }) {
  const { count, percent, money, decimal } = useFormats();
  if (answer === null) return <p className="text-28 font-strong text-muted">–</p>;
  const { tookMs, customers, value, allValue, exact, range } = answer;
  const share = customers === 0 ? 0 : answer.count / customers;
  return (
    <>
      <p role="status" aria-live="polite" className="figures text-28 font-strong tracking-tight">
        {exact ? '' : 'about '}<span data-testid="segment-count">{count(answer.count)}</span> <span className="text-16 font-normal tracking-normal text-muted">{answer.count === 1 ? 'customer' : 'customers'}</span>
      </p>
      <p className="figures text-13 text-muted">
        {percent(share, share < 0.1 ? 1 : 0)} of all · {money(value)} in value{allValue > 0 && `, ${percent(value / allValue)} of all`}
      </p>
      <p className="figures text-12 text-muted">{exact ? 'Counted exactly' : 'Estimated'} in {decimal(tookMs, 0)} ms{range !== null && `: between ${count(range.low)} and ${count(range.high)}, the exact count is on its way`}</p>
    </>
  );
}

function Breakdowns({ answer }: { answer: SegmentPreview }) {
  const { money } = useFormats();
  // A band reaches up to ten times its lower end.
  const band = (from: number | null) => (from === null ? 'Nothing so far' : `${money(from, 'compact')} – ${money(from * 10, 'compact')}`);
  return (
    <>
      <Breakdown title="Total value" rows={answer.bands.map(({ from, n }) => ({ label: band(from), customers: n }))} of={answer.count} />
      <Breakdown title="Lifecycle" rows={answer.stages.map(({ stage, n }) => ({ label: isStage(stage) ? stageName(stage) : 'Not yet placed', customers: n }))} of={answer.count} />
      <Breakdown title="RFM group" rows={answer.rfm.map(({ group, n }) => ({ label: nameOfGroup(group), customers: n }))} of={answer.count} />
    </>
  );
}

function nameOfGroup(group: string | null): string {
  const known = rfmGroupOf(group);
  return known === null ? 'Not yet placed' : rfmGroupName(known);
}

function Breakdown({ title, rows, of }: { title: string; rows: readonly { label: string; customers: number }[]; of: number }) {
  const { count, percent } = useFormats();
  if (rows.length === 0) return null;
  return (
    <section aria-label={title} className="mt-5">
      <h3 className="text-12 font-strong text-muted">{title}</h3>
      <dl className="figures mt-1 flex flex-col gap-1 text-13">
        {rows.map((row) => (
          <div key={row.label} className="grid grid-cols-[minmax(0,1fr)_4rem_3rem] items-center gap-x-2">
            <dt className="truncate first-letter:uppercase">{row.label}</dt>
            <dd aria-hidden><Bar share={row.customers / of} className="h-1.5" /></dd>
            <dd className="text-right" title={percent(row.customers / of, 1)}>{count(row.customers)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Sample({ answer }: { answer: SegmentPreview }) {
  const { money } = useFormats();
  return (
    <section aria-label="Some of them" className="mt-5">
      <h3 className="text-12 font-strong text-muted">Some of them</h3>
      <ul className="figures mt-1 text-13">
        {answer.sample.map((row) => (
          <li key={row.id} className="flex h-7 items-center justify-between gap-3">
            <Link to={`/customers/${row.id}`} target="_blank" className="min-w-0 truncate underline-offset-2 hover:underline">{customerName(row)}</Link>
            <span className="text-muted">{money(row.totalValue)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
