/** How likely the customer is to leave, and what speaks for it and against it. */
import type { ChurnReasons } from '#operations/model-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { ReasonList } from './reason-list.tsx';

export function ChurnCard({ churn }: { churn: ChurnReasons }) {
  const { percent, count } = useFormats();
  if (churn.churn === null) return null;
  return (
    <Card title={`${percent(churn.churn)} likely to leave`} note={`Chance of no order in the next ${count(churn.horizonDays)} days`}>
      {churn.reasons.length === 0
        ? <p className="text-14">{churn.by === 'learned' ? 'The model has no reasons to give just now.' : 'From the rhythm of purchases: the silence since the last one against their own pace and everyone else’s.'}</p>
        : <ReasonList reasons={churn.reasons} modelId={churn.modelId} up={{ words: 'for leaving', tone: 'text-negative' }} down={{ words: 'for staying', tone: 'text-positive' }} />}
    </Card>
  );
}
