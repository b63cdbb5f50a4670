/** What each source brought in thirty days, and whether its present quiet is like it. */
import { Link } from '@remix-run/react';
import type { SourceReport } from '#operations/quality';
import { useFormats } from '../../format/use-formats.tsx';
import { SparkLine } from '../charts/spark-line.tsx';
import { Card } from '../ui/card.tsx';

const RHYTHMS: Record<SourceReport['rhythm'], string> = {
  usual: 'At its usual pace', silent: 'Unusually silent', learning: 'Getting to know its pace', by_hand: 'When you bring it',
};

const head = 'h-9 px-3 text-12 font-strong whitespace-nowrap text-muted';
const figure = 'px-3 py-2 text-right whitespace-nowrap';

export function SourceTable({ sources }: { sources: SourceReport[] }) {
  const { count, time } = useFormats();
  if (sources.length === 0) return null;
  return (
    <Card flush title="What came in" note="Records of the last 30 days, by how they came to us. Each is new, newer than what we had, known already, not needed, or refused.">
      <div className="relative overflow-x-auto rounded-b-card">
        <table className="figures w-full text-14">
          <caption className="sr-only">Records of the last 30 days by source</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5 text-left`}>Source</th>
              <th scope="col" className={`${head} text-left max-lg:hidden`}>By day</th>
              <th scope="col" className={`${head} text-right`}>Received</th>
              <th scope="col" className={`${head} text-right max-md:hidden`}>New</th>
              <th scope="col" className={`${head} text-right max-md:hidden`}>Newer</th>
              <th scope="col" className={`${head} text-right max-md:hidden`} title="Came more than once; counted once">Repeated</th>
              <th scope="col" className={`${head} text-right max-md:hidden`}>Not needed</th>
              <th scope="col" className={`${head} text-right max-md:pr-5`}>Refused</th>
              <th scope="col" className={`${head} pr-5 text-right max-md:hidden`} title="New sales that came more than a day after they happened">Late</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((row) => (
              <tr key={row.source} className="border-t border-line">
                <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal md:min-w-32">
                  <span className="block font-strong md:whitespace-nowrap">{row.integrationId === null ? row.name : <Link to={`/integrations/${row.integrationId}`} className="hover:underline">{row.name}</Link>}</span>
                  <span className={`block text-12 md:whitespace-nowrap ${row.rhythm === 'silent' ? 'text-negative' : 'text-muted'}`}>{RHYTHMS[row.rhythm]} · last {time(row.lastReceivedAt)}</span>
                  <span className="block text-12 text-muted md:hidden">{count(row.inserted)} new, {count(row.updated)} newer, {count(row.repeated)} repeated, {count(row.ignored)} not needed, {count(row.late)} late</span>
                </th>
                <td className="w-36 min-w-36 px-3 py-2 max-lg:hidden"><SparkLine values={row.days.map((day) => day.received)} /></td>
                <td className={figure}>{count(row.received)}</td>
                <td className={`${figure} max-md:hidden`}>{count(row.inserted)}</td>
                <td className={`${figure} max-md:hidden`}>{count(row.updated)}</td>
                <td className={`${figure} max-md:hidden`}>{count(row.repeated)}</td>
                <td className={`${figure} max-md:hidden`}>{count(row.ignored)}</td>
                <td className={`${figure} max-md:pr-5`}>{row.rejected + row.openDeadLetters === 0 ? '0' : <Link to={row.source === 'file' && row.openDeadLetters === 0 ? '/import' : `/quality/dead-letters?source=${encodeURIComponent(row.source)}`} className="text-negative underline">{count(row.rejected)}</Link>}</td>
                <td className={`${figure} pr-5 max-md:hidden`}>{count(row.late)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
