/** Lines of an imported file as they stand in it. */
import type { ReactNode } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

interface FileLine {
  line: number;
  raw: string;
}

interface FileLinesProps<Row> {
  /** "Refused lines" */
  name: string;
  /** Undefined while they are read. */
  rows: readonly Row[] | undefined;
  /** How many there are, read or not. */
  total: number;
  /** What is said of each; nothing when they are left out for one and the same reason. */
  why?: (row: Row) => ReactNode;
  /** Below them. */
  children?: ReactNode;
}

export function FileLines<Row extends FileLine>({ name, rows, total, why, children }: FileLinesProps<Row>) {
  const { count } = useFormats();
  if (rows === undefined) return <SkeletonRows rows={Math.min(3, total)} columns={why === undefined ? 2 : 3} rowClass="h-8" />;
  return (
    <div className="relative mt-3 max-h-80 overflow-auto rounded-control border border-line bg-surface" tabIndex={0} role="region" aria-label={name}>
      <table className="figures w-full text-13">
        <caption className="sr-only">{name}</caption>
        <thead className="sticky top-0 bg-sunken text-muted">
          <tr>
            <th scope="col" className="h-8 w-20 px-3 text-right">Line</th>
            {why !== undefined && <th scope="col" className="h-8 min-w-48 px-3">Why</th>}
            <th scope="col" className="h-8 px-3">As it stands in the file</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.line} className="border-t border-line align-top">
              <td className="px-3 py-1.5 text-right">{count(row.line)}</td>
              {why !== undefined && <td className="px-3 py-1.5">{why(row)}</td>}
              <td className={`px-3 py-1.5 ${why === undefined ? 'max-w-0' : 'max-w-md'}`}><code className="block truncate font-mono text-12 text-muted" title={row.raw}>{row.raw}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </div>
  );
}
