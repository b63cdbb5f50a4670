/** Where customers stand in their life with the shop, in words and shares. */
import { Link } from '@remix-run/react';
import type { StageTotals } from '#core/live/snapshot';
import { STAGES } from '#core/clv/lifecycle';
import { useFormats } from '../../format/use-formats.tsx';
import { stageMeaning } from '../../format/words.ts';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';
import { StageBadge } from '../ui/stage-badge.tsx';

export function StageList({ stages }: { stages: StageTotals[] }) {
  const { count, money, percent } = useFormats();
  const customers = stages.reduce((sum, stage) => sum + stage.customers, 0);
  const atRisk = stages.find(({ stage }) => stage === 'at_risk');
  const title = atRisk && atRisk.customers > 0
    ? `${count(atRisk.customers)} customers are at risk; ${money(atRisk.predictedValue)} is still likely to come from them`
    : 'Where your customers stand';
  return (
    <Card title={title} note="Judged by each customer's own pace of buying">
      {customers === 0 ? (
        <p className="py-6 text-muted">Stages appear with the first counted orders.</p>
      ) : (
        <ul className="flex flex-col">
          {STAGES.map((name) => {
            const stage = stages.find((candidate) => candidate.stage === name);
            const share = (stage?.customers ?? 0) / customers;
            return (
              <li key={name} className="border-t border-line first:border-t-0">
                <Link to={`/customers?stage=${name}`} className="-mx-2 block rounded-control px-2 py-2.5 transition-colors hover:bg-sunken">
                  <span className="flex items-baseline justify-between gap-4">
                    <StageBadge stage={name} />
                    <span className="figures">
                      <LiveFigure className="font-strong">{count(stage?.customers ?? 0)}</LiveFigure>{' '}
                      <span className="inline-block w-12 text-right text-muted">{percent(share)}</span>
                    </span>
                  </span>
                  <Bar share={share} className="mt-1.5 h-1.5" />
                  <span className="mt-1 block text-12 text-muted">{stageMeaning(name)}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
