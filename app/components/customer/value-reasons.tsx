/** What moves the customer's predicted value, where a learned model says it. */
import type { CustomerProfile } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { Card } from '../ui/card.tsx';
import { ReasonList } from './reason-list.tsx';

export function ValueReasons({ customer: { valueReasons, predictedValue, horizonDays } }: { customer: CustomerProfile }) {
  const { money } = useFormats();
  if (valueReasons === null || valueReasons.reasons.length === 0) return null;
  return (
    <Card title={`What makes it ${money(predictedValue)}`} note={`Value in the ${horizonWords(horizonDays)}, learned from facts about all customers`}>
      <ReasonList reasons={valueReasons.reasons} modelId={valueReasons.modelId} up={{ words: 'more', tone: 'text-positive' }} down={{ words: 'less', tone: 'text-negative' }} />
    </Card>
  );
}
