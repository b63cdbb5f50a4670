/** Two segments side by side: what differs in words, in figures, and in where their members stand. */
import type { ComparedSegment, Pair } from '#operations/segment-overlap';
import { RFM_GROUPS, rfmGroupName, rfmGroupOf } from '../../format/rfm-words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { isStage, stageName } from '../../format/words.ts';
import { Card } from '../ui/card.tsx';
import { meanOf, pairSentences } from './overlap-words.ts';

type Sides = readonly [ComparedSegment, ComparedSegment];
type Kind = 'count' | 'money' | 'share' | 'decimal';

interface FigureRow {
  label: string;
  note?: string;
  kind: Kind;
  values: readonly [number | null, number | null];
}

export function PairCard({ sides, pair, value }: { sides: Sides; pair: Pair; /** Of everybody in either. */ value: number }) {
  const formats = useFormats();
  return (
    <>
      <Card flush title={`${sides[0].name} and ${sides[1].name} side by side`} note="All members are counted, as they stand now. Whether a difference is more than chance is not tested.">
        <ul className="flex max-w-3xl list-disc flex-col gap-1 px-5 pb-4 pl-9 text-14 text-pretty wrap-anywhere">
          {pairSentences(sides, pair, value, formats).map((sentence) => <li key={sentence}>{sentence}</li>)}
        </ul>
        <FigureRows sides={sides} rows={rowsOf(sides, pair)} />
      </Card>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ShareCard title="Lifecycle" sides={sides} rows={pair.stages.map(({ stage, customers }) => ({ label: isStage(stage) ? stageName(stage) : 'Not yet placed', customers }))} />
        <ShareCard title="RFM groups" sides={sides} rows={inOrder(pair.rfm).map(({ group, customers }) => ({ label: groupName(group), customers }))} />
      </div>
    </>
  );
}

function groupName(group: string | null): string {
  const known = rfmGroupOf(group);
  return known === null ? 'Not yet placed' : rfmGroupName(known);
}

/** Best first; whoever is not placed yet stands last. */
function inOrder(rfm: Pair['rfm']): Pair['rfm'] {
  return [...RFM_GROUPS.flatMap((name) => rfm.filter(({ group }) => group === name)), ...rfm.filter(({ group }) => group === null)];
}

function rowsOf([a, b]: Sides, { both, sides: [first, second] }: Pair): FigureRow[] {
  return [
    { label: 'Members', kind: 'count', values: [a.members, b.members] },
    { label: 'Only in it', kind: 'count', values: [a.members - both, b.members - both] },
    { label: 'Also in the other', kind: 'share', values: [meanOf(both, a.members), meanOf(both, b.members)] },
    { label: 'Total value', kind: 'money', values: [a.value, b.value] },
    { label: 'Value per member', note: 'average', kind: 'money', values: [meanOf(a.value, a.members), meanOf(b.value, b.members)] },
    { label: 'Value of the member in the middle', note: 'median', kind: 'money', values: [first.medianValue, second.medianValue] },
    { label: 'Predicted value per member', note: 'average', kind: 'money', values: [meanOf(first.predicted, a.members), meanOf(second.predicted, b.members)] },
    { label: 'Likely to buy again', note: 'average of buyers', kind: 'share', values: [first.pAlive, second.pAlive] },
    { label: 'Likely to leave', note: 'average of buyers', kind: 'share', values: [first.churn, second.churn] },
    { label: 'Orders per member', note: 'average', kind: 'decimal', values: [first.orders, second.orders] },
    { label: 'Days since the last order', note: 'median of buyers', kind: 'count', values: [first.daysSince, second.daysSince] },
  ];
}

function useWriter(): (kind: Kind, value: number) => string {
  const { count, money, percent, decimal } = useFormats();
  return (kind, value) => {
    switch (kind) {
      case 'count': return count(value);
      case 'money': return money(Math.round(value));
      case 'share': return percent(value, 1, 1);
      case 'decimal': return decimal(value, 2, 2);
    }
  };
}

function FigureRows({ sides, rows }: { sides: Sides; rows: readonly FigureRow[] }) {
  const { decimal } = useFormats();
  const write = useWriter();
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  const figure = 'px-3 py-2 text-right align-top whitespace-nowrap max-sm:pr-5 max-sm:pl-0';
  const difference = ({ kind, values: [first, second] }: FigureRow): string => {
    if (first === null || second === null) return '–';
    const by = first - second, sign = by > 0 ? '+' : '−';
    const size = kind === 'share' ? `${decimal(Math.abs(by) * 100, 1, 1)} pts` : write(kind, Math.abs(by));
    return size === (kind === 'share' ? `${decimal(0, 1, 1)} pts` : write(kind, 0)) ? 'the same' : `${sign}${size}`;
  };
  return (
    <table className="figures w-full border-t border-line text-14">
      <caption className="sr-only">Figures of both segments; the difference is the first less the second</caption>
      <thead>
        <tr>
          <th scope="col" className={`${head} pl-5 text-left`}>Figure</th>
          {sides.map(({ id, name }, n) => <th key={id} scope="col" className={`${head} max-w-40 text-right max-sm:max-w-24 max-sm:pr-5 max-sm:pl-0`}><Name n={n} name={name} end /></th>)}
          <th scope="col" className={`${head} pr-5 text-right max-sm:hidden`}>First less second</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label} className="border-t border-line">
            <th scope="row" className="py-2 pr-3 pl-5 text-left align-top font-normal">{row.label}{row.note !== undefined && <span className="block text-12 text-muted">{row.note}</span>}<span className="block text-12 text-muted sm:hidden">{difference(row)}</span></th>
            {row.values.map((value, n) => <td key={sides[n]?.id} className={figure}>{value === null ? '–' : write(row.kind, value)}</td>)}
            <td className={`${figure} pr-5 max-sm:hidden`}>{difference(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const FILLS = ['fill-series-2', 'fill-series-3'] as const;

function Name({ n, name, end = false }: { n: number; name: string; end?: boolean }) {
  return (
    <span className={`flex items-center gap-1.5 ${end ? 'justify-end' : ''}`}>
      <svg aria-hidden width={10} height={10} className="shrink-0"><rect width={10} height={10} rx={2} className={FILLS[n]} /></svg>
      <span className="truncate" title={name}>{name}</span>
    </span>
  );
}

/** Of each segment's members, as shares: segments of different sizes stand on one scale. */
function ShareCard({ title, sides, rows }: { title: string; sides: Sides; rows: readonly { label: string; customers: readonly [number, number] }[] }) {
  const { count, percent } = useFormats();
  return (
    <Card flush title={title} note="Share of each segment’s members">
      <table className="figures w-full table-fixed border-t border-line text-13">
        <caption className="sr-only">{title}: shares of {sides[0].name} and of {sides[1].name}</caption>
        <thead>
          <tr>
            <th scope="col" className="h-9 w-2/5 pl-5"><span className="sr-only">{title}</span></th>
            {sides.map(({ id, name }, n) => <th key={id} scope="col" className="px-3 text-12 font-strong text-muted last:pr-5"><Name n={n} name={name} /></th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label} className="border-t border-line">
              <th scope="row" className="py-2 pl-5 text-left font-normal">{row.label}</th>
              {row.customers.map((customers, n) => {
                const share = meanOf(customers, sides[n]?.members ?? 0) ?? 0;
                return (
                  <td key={sides[n]?.id} className="px-3 py-2 last:pr-5" title={`${sides[n]?.name ?? ''}: ${count(customers)}`}>
                    <span className="flex items-center gap-2">
                      <svg aria-hidden className="h-2 w-0 min-w-0 grow rounded-full bg-sunken"><rect width={`${share * 100}%`} height="100%" rx={3} className={FILLS[n]} /></svg>
                      <span className="w-11 shrink-0 text-right">{percent(share, share < 0.1 ? 1 : 0)}</span>
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
