/** What sets a group apart: each feature's mean, left or right of everybody's. */
import { useFormats } from '../../format/use-formats.tsx';
import { featureLabel, featureText } from './words.ts';

/** Standard deviations at which a bar ends. */
const END = 1.5;

interface DeviationBarsProps {
  features: readonly string[];
  means: Record<string, number>;
  overall: Record<string, number>;
  deviations: Record<string, number>;
  currency: string;
}

export function DeviationBars({ features, means, overall, deviations, currency }: DeviationBarsProps) {
  const formats = useFormats();
  const ranked = features.toSorted((a, b) => Math.abs(deviations[b] ?? 0) - Math.abs(deviations[a] ?? 0));
  return (
    <table className="figures w-full text-13">
      <caption className="sr-only">Means of this group beside everybody’s, what differs most first</caption>
      <thead className="text-12 text-muted">
        <tr><th scope="col" className="h-7 font-normal">Feature</th><th scope="col" className="h-7 pl-2 text-right font-normal">Mean</th><th scope="col" className="h-7 pl-2 text-right font-normal">All</th><th scope="col" className="h-7 w-36 pl-3 text-center font-normal max-sm:w-20">Against all</th></tr>
      </thead>
      <tbody>
        {ranked.map((name) => {
          const deviation = deviations[name] ?? 0;
          const width = (Math.min(END, Math.abs(deviation)) / END) * 50;
          return (
            <tr key={name} className="border-t border-line">
              <th scope="row" className="py-1.5 font-normal">{featureLabel(name)}</th>
              <td className="py-1.5 pl-2 text-right font-strong whitespace-nowrap">{featureText(name, means[name] ?? 0, formats, currency)}</td>
              <td className="py-1.5 pl-2 text-right whitespace-nowrap text-muted">{featureText(name, overall[name] ?? 0, formats, currency)}</td>
              <td className="py-1.5 pl-3">
                <svg aria-hidden className="block h-2.5 w-full overflow-visible">
                  <rect x="50%" width={1} height="100%" className="fill-line" />
                  <rect x={`${deviation < 0 ? 50 - width : 50}%`} width={`${width}%`} height="100%" rx={2} className={deviation < 0 ? 'fill-series-3' : 'fill-series-1'} />
                </svg>
                <span className="sr-only">{formats.decimal(Math.abs(deviation), 1)} standard deviations {deviation < 0 ? 'below' : 'above'} everybody</span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
