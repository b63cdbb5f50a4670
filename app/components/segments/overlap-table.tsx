/** Every way of being in some segments and not in others: how many, what they are worth, and a way to keep them. */
import { Link } from '@remix-run/react';
import type { ComparedSegment } from '#operations/segment-overlap';
import { useFormats } from '../../format/use-formats.tsx';
import { Bar } from '../ui/bar.tsx';
import { wayWords, type ListedIntersection } from './overlap-words.ts';
import { WayDots } from './upset-chart.tsx';

interface OverlapTableProps {
  segments: readonly ComparedSegment[];
  /** Largest first; `keepTo` is where it becomes a segment. */
  ways: readonly (ListedIntersection & { keepTo: string })[];
  /** In any of them. */
  customers: number;
  value: number;
}

export function OverlapTable({ segments, ways, customers, value }: OverlapTableProps) {
  const { count, percent, money } = useFormats();
  const most = Math.max(1, ...ways.map((way) => way.customers));
  const share = (part: number, of: number): string => (of <= 0 ? '' : percent(part / of, part / of < 0.1 ? 1 : 0));
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  const figure = 'px-3 py-2 text-right align-top whitespace-nowrap';
  return (
    <table className="figures w-full border-t border-line text-14">
      <caption className="sr-only">Customers by which of the segments they are in; each counts once</caption>
      <thead>
        <tr>
          <th scope="col" className={`${head} pl-5 text-left`}>In</th>
          <th scope="col" className={`${head} text-right`}>Customers</th>
          <th scope="col" className={`${head} text-right max-sm:hidden`}>Value</th>
          <th scope="col" className={`${head} pr-5`}><span className="sr-only">Keep</span></th>
        </tr>
      </thead>
      <tbody>
        {ways.map((way) => (
          <tr key={way.in.join(' ')} className="border-t border-line transition-colors focus-within:bg-sunken hover:bg-sunken">
            <th scope="row" className="w-full px-3 py-2 pl-5 text-left align-top font-normal">
              <span className="mb-1 block sm:hidden"><WayDots isIn={segments.map(({ id }) => way.in.includes(id))} /></span>
              <span className="block text-pretty wrap-anywhere">{wayWords(way, segments)}</span>
              <Bar share={way.customers / most} className="mt-1.5 h-1" />
              <span className="mt-1 block text-12 text-muted sm:hidden">{money(way.value)}{value > 0 && `, ${share(way.value, value)} of value`}</span>
            </th>
            <td className={figure}>{count(way.customers)}<span className="block text-12 text-muted">{share(way.customers, customers)}</span></td>
            <td className={`${figure} max-sm:hidden`}>{money(way.value)}<span className="block text-12 text-muted">{share(way.value, value)}</span></td>
            <td className={`${figure} pr-5`}><Link to={way.keepTo} aria-label={`Keep as a segment: ${wayWords(way, segments)}`} className="underline underline-offset-2">Keep</Link></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
