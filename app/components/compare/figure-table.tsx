/** Each figure of the last whole month beside a year ago, what is usual, and the group. */
import { Fragment } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import type { BenchmarkRow } from '#operations/benchmarks';
import { Card } from '../ui/card.tsx';
import { GroupStrip } from './group-strip.tsx';

type Write = (value: number | null) => string;

function useWriter(): (kind: BenchmarkRow['kind']) => Write {
  const { money, count, percent, decimal } = useFormats();
  return (kind) => (value) => {
    if (value === null) return '–';
    switch (kind) {
      case 'money': return money(Math.round(value));
      case 'count': return count(value);
      case 'share': return percent(value, 1, 1);
      case 'ratio': return decimal(value, 2, 2);
    }
  };
}

/** Share points for shares, percent for the rest. */
function Against({ row, before, words }: { row: BenchmarkRow; before: number | null; words: string }) {
  const { change, decimal } = useFormats();
  const write = useWriter()(row.kind);
  if (row.now === null || before === null) return <span className="text-muted">–</span>;
  const difference = row.now - before;
  const flat = row.kind === 'share' ? Math.abs(difference) < 0.0005 : Math.abs(difference) < Math.abs(before) * 0.0005;
  const good = difference > 0 === (row.better === 'more');
  const moved = row.kind === 'share' ? `${difference > 0 ? '+' : '-'}${decimal(Math.abs(difference) * 100, 1, 1)} pts` : before === 0 ? 'new' : change(difference / Math.abs(before), 1);
  return (
    <>
      <span className="block">{write(before)}</span>
      <span className={`block text-12 whitespace-nowrap ${flat ? 'text-muted' : good ? 'text-positive' : 'text-negative'}`}>
        {flat ? 'the same' : `${moved} ${difference > 0 ? '↑' : '↓'}`}<span className="sr-only"> against {words}, {flat ? '' : good ? 'better' : 'worse'}</span>
      </span>
    </>
  );
}

export function FigureTable({ rows, monthName, withGroup }: { rows: BenchmarkRow[]; monthName: string; withGroup: boolean }) {
  const writer = useWriter();
  const head = 'h-9 pr-3 pl-3 text-12 font-strong text-muted max-sm:pr-2';
  const figure = 'py-2.5 pr-3 pl-3 text-right max-sm:pr-2 max-sm:pl-1';
  return (
    <Card flush title={`${monthName}, the last whole month`} note="Usual: the median of the twelve months before">
      <div className="relative overflow-x-auto border-t border-line">
        <table className="figures w-full text-14">
          <caption className="sr-only">Figures of {monthName} beside the same month a year before and what is usual{withGroup ? ', and beside other shops' : ''}</caption>
          <thead>
            <tr>
              <th scope="col" className={`${head} pl-5 text-left`}>Figure</th>
              <th scope="col" className={`${head} text-right`}>Now</th>
              <th scope="col" className={`${head} text-right`}>A year before</th>
              <th scope="col" className={`${head} text-right max-lg:pr-5`}>Usual</th>
              <th scope="col" className={`${head} text-right max-lg:hidden`}>3 months</th>
              <th scope="col" className={`${head} pr-5 text-right max-lg:hidden`}>Same 3, a year before</th>
              {withGroup && <th scope="col" className={`${head} min-w-56 pr-5 text-left max-lg:hidden`}>Shops like yours</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const write = writer(row.kind);
              const group = row.group === null || row.now === null ? <span className="text-13 text-muted">{row.peers === 'none' ? 'Depends on size' : 'Too few shops'}</span> : <GroupStrip now={row.now} group={row.group} write={write} />;
              return (
                <Fragment key={row.key}>
                  <tr className="border-t border-line align-top">
                    <th scope="row" className="py-2.5 pr-3 pl-5 text-left font-normal max-sm:pr-2"><span className="block">{row.label}</span><span className="block max-w-64 text-12 text-muted max-sm:hidden">{row.definition}</span></th>
                    <td className={`${figure} font-strong`}>{write(row.now)}</td>
                    <td className={figure}><Against row={row} before={row.yearBefore} words="a year before" /></td>
                    <td className={`${figure} max-lg:pr-5`}><Against row={row} before={row.usual} words="what is usual" /></td>
                    <td className={`${figure} max-lg:hidden`}>{write(row.quarter)}</td>
                    <td className={`${figure} pr-5 max-lg:hidden`}>{write(row.quarterBefore)}</td>
                    {withGroup && <td className="px-3 py-2.5 pr-5 max-lg:hidden">{group}</td>}
                  </tr>
                  {/* What has no column of its own on a narrow screen. */}
                  <tr className="lg:hidden">
                    <td colSpan={4} className="px-5 pb-2.5 text-12 text-muted">
                      <span className="block sm:hidden">{row.definition}</span>
                      <span className="block">Three months: {write(row.quarter)}, a year before: {write(row.quarterBefore)}</span>
                      {withGroup && <div className="mt-2 text-14 text-ink">Shops like yours{group}</div>}
                    </td>
                  </tr>
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
