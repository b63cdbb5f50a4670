/** A table of a model card, with its figures to take away. */
import type { ReactNode } from 'react';
import { download, toCsv, type CsvValue } from '../charts/csv.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

interface FiguresProps {
  title: string;
  note?: ReactNode;
  /** First column names the row, the others are figures. */
  header: string[];
  rows: string[][];
  csvHeader: string[];
  csvRows: CsvValue[][];
  fileName: string;
  children?: ReactNode;
}

export function Figures({ title, note, header, rows, csvHeader, csvRows, fileName, children }: FiguresProps) {
  const cell = 'px-3 py-2 first:pl-5 last:pr-5';
  return (
    <Card flush title={title} note={note} actions={<Button small onClick={() => { download(`${fileName}.csv`, new Blob([toCsv(csvHeader, csvRows)], { type: 'text/csv' })); }}>CSV</Button>}>
      {children !== undefined && <div className="px-5 pb-3 text-14">{children}</div>}
      <div className="relative overflow-x-auto border-t border-line">
        <table className="figures w-full text-13">
          <caption className="sr-only">{title}</caption>
          <thead><tr>{header.map((text, k) => <th key={text} scope="col" className={`${cell} text-12 font-strong text-muted ${k === 0 ? 'text-left' : 'text-right'}`}>{text}</th>)}</tr></thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i} className="border-t border-line">
                {row.map((text, k) => (k === 0 ? <th key={k} scope="row" className={`${cell} text-left font-normal`}>{text}</th> : <td key={k} className={`${cell} text-right whitespace-nowrap`}>{text}</td>))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
