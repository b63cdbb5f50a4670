/** Each figure of the last whole month beside a year ago, what is usual, and the group. */
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
      case 'share': return percent(value, 1);
      case 'ratio': return decimal(value, 2);
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
  const moved = row.kind === 'share' ? `${difference > 0 ? '+' : '−'}${decimal(Math.abs(difference) * 100)} pts` : before === 0 ? 'new' : change(difference / Math.abs(before));
  return (
    <>
      <span className="block">{write(before)}</span>
      <span className={`block text-12 ${flat ? 'text-muted' : good ? 'text-positive' : 'text-negative'}`}>
        {flat ? 'the same' : `${moved} ${difference > 0 ? '↑' : '↓'}`}<span className="sr-only"> against {words}, {flat ? '' : good ? 'better' : 'worse'}</span>
      </span>
    </>
  );
}

export function FigureTable({ rows, monthName, withGroup }: { rows: BenchmarkRow[]; monthName: string; withGroup: boolean }) {
  const writer = useWriter();
  const head = 'h-9 px-3 text-right text-12 font-strong text-muted';
  return (
    <Card flush title={`${monthName}, the last whole month`} note="Usual: the median of the twelve months before">
      <div className="relative overflow-x-auto border-t border-line">
        <table className="figures w-full min-w-[36rem] text-14">
          <caption className="sr-only">Figures of {monthName} beside the same month a year before and what is usual{withGroup ? ', and beside other shops' : ''}</caption>
          <thead>
            <tr>
              <th scope="col" className={`${head} pl-5 text-left`}>Figure</th>
              <th scope="col" className={head}>Now</th>
              <th scope="col" className={head}>A year before</th>
              <th scope="col" className={head}>Usual</th>
              <th scope="col" className={`${head} max-lg:hidden`}>3 months</th>
              <th scope="col" className={`${head} pr-5 max-lg:hidden`}>Same 3, a year before</th>
              {withGroup && <th scope="col" className={`${head} min-w-56 pr-5 text-left`}>Shops like yours</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const write = writer(row.kind);
              return (
                <tr key={row.key} className="border-t border-line align-top">
                  <th scope="row" className="px-3 py-2.5 pl-5 text-left font-normal"><span className="block">{row.label}</span><span className="block max-w-64 text-12 text-muted">{row.definition}</span></th>
                  <td className="px-3 py-2.5 text-right font-strong">{write(row.now)}</td>
                  <td className="px-3 py-2.5 text-right"><Against row={row} before={row.yearBefore} words="a year before" /></td>
                  <td className="px-3 py-2.5 text-right"><Against row={row} before={row.usual} words="what is usual" /></td>
                  <td className="px-3 py-2.5 text-right max-lg:hidden">{write(row.quarter)}</td>
                  <td className="px-3 py-2.5 pr-5 text-right max-lg:hidden">{write(row.quarterBefore)}</td>
                  {withGroup && <td className="px-3 py-2.5 pr-5">{row.group === null || row.now === null ? <span className="text-13 text-muted">{row.peers === 'none' ? 'Depends on size' : 'Too few shops'}</span> : <GroupStrip now={row.now} group={row.group} write={write} />}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
