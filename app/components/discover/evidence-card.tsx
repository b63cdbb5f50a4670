/** How the number of groups was judged, and what else there is to know before acting on them. */
import type { DiscoveryResult } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { noteWords } from './words.ts';

export function EvidenceCard({ result }: { result: DiscoveryResult }) {
  const { decimal, count } = useFormats();
  const { suggestion, notes, silhouette, silhouetteOn, daviesBouldin, eps, minPoints } = result;
  return (
    <Card title="How far to trust this" note="Silhouette: from −1 to 1, how much nearer customers are to their own group than to the next. Gap: how much tighter groups are than in customers spread at random.">
      <dl className="figures mb-4 flex flex-wrap gap-x-8 gap-y-2 text-13">
        <div><dt className="text-muted">Silhouette</dt><dd className="text-16 font-strong">{decimal(silhouette, 2, 2)}</dd><dd className="text-12 text-muted">on {count(silhouetteOn)} customers</dd></div>
        {daviesBouldin !== null && <div><dt className="text-muted">Davies–Bouldin</dt><dd className="text-16 font-strong">{decimal(daviesBouldin, 2, 2)}</dd><dd className="text-12 text-muted">less is better</dd></div>}
        {eps !== null && <div><dt className="text-muted">Neighbours within</dt><dd className="text-16 font-strong">{decimal(eps, 3)}</dd><dd className="text-12 text-muted">at least {count(minPoints ?? 0)} of them</dd></div>}
      </dl>
      {suggestion !== null && (
        <div className="mb-4 overflow-x-auto">
          <table className="figures text-13">
            <caption className="mb-1 text-left text-13 text-muted">{count(suggestion.k)} groups have the best silhouette; by the gap statistic {suggestion.byGap === 1 ? 'there may be no groups at all' : `it would be ${count(suggestion.byGap)}`}.</caption>
            <thead className="text-12 text-muted"><tr><th scope="col" className="h-8 pr-4 font-normal">Groups</th><th scope="col" className="h-8 px-4 text-right font-normal">Silhouette</th><th scope="col" className="h-8 pl-4 text-right font-normal">Gap</th></tr></thead>
            <tbody>
              {suggestion.trials.map((trial) => (
                <tr key={trial.k} className={`border-t border-line ${trial.k === suggestion.k ? 'font-strong' : ''}`}>
                  <th scope="row" className="h-8 pr-4 font-normal">{trial.k}{trial.k === suggestion.k && <span className="sr-only"> chosen</span>}</th>
                  <td className="h-8 px-4 text-right">{trial.silhouette === null ? '–' : decimal(trial.silhouette, 3, 3)}</td>
                  <td className="h-8 pl-4 text-right whitespace-nowrap">{decimal(trial.gap, 3, 3)} ± {decimal(trial.gapError, 3, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {notes.length > 0 && <ul className="list-disc pl-5 text-13 text-muted">{notes.map((note) => <li key={note}>{noteWords(note)}.</li>)}</ul>}
    </Card>
  );
}
