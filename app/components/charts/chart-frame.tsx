/** A chart with its finding as title, the same figures as a table, and both to take away. */
import { lazy, Suspense, useId, useRef, useState, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useChartColors } from './chart-colors.ts';
import { download, toCsv, type CsvValue } from './csv.ts';
import { rangeWords, type PlotSpec, type SeriesColor } from './plot-spec.ts';

const Plot = lazy(() => import('./plot.tsx'));

interface ChartFrameProps {
  title: string;
  note?: ReactNode;
  /** One sentence for those who cannot see the picture. */
  summary: string;
  spec: PlotSpec;
  /** Where the table shows other rows than the picture, such as events instead of days. */
  tableSpec?: PlotSpec;
  /** First column's heading, such as "Day". */
  keyHeader: string;
  /** Raw rows for the CSV: key, then one value a series. */
  csvRows: CsvValue[][];
  csvHeader: string[];
  fileName: string;
  height?: string;
}

export function ChartFrame({ title, note, summary, spec, tableSpec = spec, keyHeader, csvRows, csvHeader, fileName, height = 'min-h-64' }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const colors = useChartColors();
  const frame = useRef<HTMLDivElement>(null);
  const savePicture = () => {
    const canvas = frame.current?.querySelector('canvas');
    if (canvas && colors) savePng(canvas, colors.surface, `${fileName}.png`);
  };
  return (
    <Card
      title={title}
      note={note}
      actions={
        <div className="-mt-1 -mr-2 flex shrink-0">
          <Button small look="quiet" aria-pressed={asTable} aria-controls={id} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Chart' : 'Table'}
          </Button>
          <Button small look="quiet" aria-label={`Download as CSV: ${title}`} onClick={() => download(`${fileName}.csv`, new Blob([toCsv(csvHeader, csvRows)], { type: 'text/csv' }))}>
            CSV
          </Button>
          {!asTable && <Button small look="quiet" aria-label={`Download as picture: ${title}`} onClick={savePicture} className="max-sm:hidden">PNG</Button>}
        </div>
      }
    >
      <div id={id} ref={frame} className={`${height} relative grow ${asTable ? 'max-h-64 overflow-y-auto' : ''}`}>
        {asTable ? (
          <PlotTable spec={tableSpec} caption={title} keyHeader={keyHeader} />
        ) : (
          <div role="img" aria-label={summary} className="absolute inset-0">
            {colors === null ? <Skeleton className="size-full" /> : <Suspense fallback={<Skeleton className="size-full" />}><Plot spec={spec} colors={colors} /></Suspense>}
          </div>
        )}
      </div>
      {!asTable && spec.series.length > 1 && <Keys spec={spec} />}
    </Card>
  );
}

const SWATCH: Record<SeriesColor, string> = { 'series-1': 'bg-series-1', 'series-2': 'bg-series-2', 'series-3': 'bg-series-3', 'series-4': 'bg-series-4', muted: 'bg-muted' };

function Keys({ spec }: { spec: PlotSpec }) {
  return (
    <ul aria-hidden className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-12 text-muted">
      {spec.series.map(({ label, color, look }) => (
        <li key={label} className="flex items-center gap-1.5">
          <span className={`size-2.5 rounded-[2px] ${SWATCH[color]} ${look === 'soft-bar' ? 'opacity-40' : look === 'band' ? 'opacity-20' : look === 'dashed' ? 'h-0.5!' : ''}`} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function PlotTable({ spec, caption, keyHeader }: { spec: PlotSpec; caption: string; keyHeader: string }) {
  return (
    <table className="figures w-full text-13">
      <caption className="sr-only">{caption}</caption>
      <thead className="sticky top-0 bg-surface text-muted">
        <tr>
          <th scope="col" className="h-8 pr-4">{keyHeader}</th>
          {spec.series.map(({ label }) => <th key={label} scope="col" className="h-8 pl-4 text-right">{label}</th>)}
        </tr>
      </thead>
      <tbody>
        {spec.labels.map((label, index) => (
          <tr key={label} className="border-t border-line">
            <th scope="row" className="h-8 pr-4 font-normal whitespace-nowrap">{label}</th>
            {spec.series.map((series) => {
              const value = series.values[index] ?? null;
              const text = series.look === 'band' ? rangeWords(series, index, spec.exact) : value === null ? '–' : spec.exact(value);
              return <td key={series.label} className="h-8 pl-4 text-right whitespace-nowrap">{text}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The canvas itself is see-through: the picture gets the page's ground. */
function savePng(canvas: HTMLCanvasElement, ground: string, name: string): void {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const pen = copy.getContext('2d');
  if (!pen) return;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, copy.width, copy.height);
  pen.drawImage(canvas, 0, 0);
  copy.toBlob((picture) => { if (picture) download(name, picture); });
}
