/** The frame of all figures by cohort: first months down, months since across, and cells that arrow keys walk. */
import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { useCellFocus } from './use-cell-focus.ts';

export interface DrawnCell {
  /** Said in full. */
  title: string;
  className: string;
  content: ReactNode;
}

interface CohortTableProps<Row> {
  caption: string;
  rows: readonly Row[];
  cells: (row: Row) => readonly DrawnCell[];
  /** Said before "+3" to who listens. */
  offsetWord: string;
  /** A column between customers and cells. */
  extra?: { heading: string; content: (row: Row) => ReactNode };
  /** What Enter on a cell does. */
  onOpen?: (row: Row) => void;
}

const head = 'sticky top-0 z-10 h-10 border-b border-line bg-surface text-12 text-muted';

export function CohortTable<Row extends { month: string; size: number }>({ caption, rows, cells, offsetWord, extra, onOpen }: CohortTableProps<Row>) {
  const { month, count } = useFormats();
  const drawn = rows.map((row) => ({ row, cells: cells(row) }));
  const focus = useCellFocus(drawn.map((one) => one.cells.length));
  const columns = Math.max(0, ...drawn.map((one) => one.cells.length));
  return (
    <div className="relative max-h-[75vh] overflow-auto rounded-card border border-line bg-surface">
      <table className="figures border-separate border-spacing-0 text-13">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={`${head} left-0 z-20! pr-3 pl-5 whitespace-nowrap`}>First bought</th>
            <th scope="col" className={`${head} px-3 text-right max-sm:hidden`}>Customers</th>
            {extra !== undefined && <th scope="col" className={`${head} px-3 text-right whitespace-nowrap`}>{extra.heading}</th>}
            {Array.from({ length: columns }, (_, offset) => (
              <th key={offset} scope="col" className={`${head} min-w-14 px-2 text-center font-normal`}><span className="sr-only">{offsetWord} </span>{offset === 0 ? 'Same' : `+${offset}`}</th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={focus.onKeyDown}>
          {drawn.map(({ row, cells: of }, down) => (
            <tr key={row.month}>
              <th scope="row" className="sticky left-0 z-10 h-9 bg-surface pr-3 pl-5 font-normal whitespace-nowrap">
                <Link to={`/customers?cohort=${row.month}`} className="hover:underline">{month(row.month)}</Link>
              </th>
              <td className="px-3 text-right text-muted max-sm:hidden">{count(row.size)}</td>
              {extra !== undefined && <td className="px-3 text-right whitespace-nowrap">{extra.content(row)}</td>}
              {of.map(({ title, className, content }, across) => (
                <td
                  key={across}
                  data-cell={`${down}-${across}`}
                  tabIndex={focus.tabIndex(down, across)}
                  onFocus={() => focus.onFocus(down, across)}
                  onKeyDown={(event) => { if (event.key === 'Enter') onOpen?.(row); }}
                  title={title}
                  className={`h-9 rounded-[6px] border-2 border-surface px-2 text-center focus-visible:-outline-offset-2 ${className}`}
                >
                  {content}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
