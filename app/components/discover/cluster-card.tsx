/** One group that was found: who they are, how far to trust it, how it is told as a rule, and what to do with it. */
import type { ReactNode } from 'react';
import type { DiscoveryCluster, DiscoveryResult } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { Card } from '../ui/card.tsx';
import { ClusterSign } from './cluster-sign.tsx';
import { DeviationBars } from './deviation-bars.tsx';
import { fidelityWords, ruleWords, stabilityWords } from './words.ts';

const TONES = { good: 'text-positive', fair: 'text-warning', bad: 'text-negative' } as const;

export function ClusterCard({ cluster, result, children }: { cluster: DiscoveryCluster; result: DiscoveryResult; children?: ReactNode }) {
  const formats = useFormats();
  const { count, percent, decimal } = formats;
  const steady = stabilityWords(cluster.stability);
  const rule = ruleWords(cluster.rule, formats, result.currency);
  return (
    <Card title={<><ClusterSign label={cluster.label} /> {cluster.name}</>} note={`${customersWords(cluster.size, count)}, ${percent(cluster.share, 1)} of those looked at`}>
      <div className="flex grow flex-col gap-4">
        <DeviationBars features={result.features} means={cluster.means} overall={result.overall} deviations={cluster.deviations} currency={result.currency} />
        {steady !== null && <p className="text-13"><span className={`font-strong ${TONES[steady.tone]}`}>{steady.words}</span> <span className="text-muted">({decimal(cluster.stability ?? 0, 2, 2)})</span></p>}
        <div className="text-13">
          <p className="font-strong">Told as a rule</p>
          {rule.length === 0 ? <p className="text-muted">No short rule describes this group.</p> : (
            <>
              <ul className="list-disc pl-5">{rule.map((line, i) => <li key={line}>{i > 0 && <span className="text-muted">or </span>}{line}</li>)}</ul>
              <p className="mt-1 text-muted">{fidelityWords(cluster.ruleFidelity, formats)}</p>
            </>
          )}
        </div>
        {children !== undefined && <div className="mt-auto border-t border-line pt-4">{children}</div>}
      </div>
    </Card>
  );
}
