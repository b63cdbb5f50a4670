/** What a customer is likely to buy next, each with its reason. */
import { assertNever } from '#core/errors';
import type { RecommendationReason, RecommendationsView } from '#operations/recommendation-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

const SHOWN = 5;

export function Recommended({ recommendations }: { recommendations: RecommendationsView }) {
  const { count, percent, day } = useFormats();
  const { products, basis, made, notes } = recommendations;
  if (products.length === 0) {
    return <Card title="Likely to buy next"><p className="text-14 text-muted">{notes.map((note) => `${note}.`).join(' ') || 'There is nothing left to recommend.'}</p></Card>;
  }
  const tested = made?.test ?? null;
  const trust = tested === null ? 'Too little history to say how often such lists are right.'
    : `Of ${count(tested.customers)} customers in the last test, ${percent(tested.hitRate)} then bought something from such a list of ten${made?.popular && basis === 'own' ? `; what everybody buys alone would have reached ${percent(made.popular.hitRate)}` : ''}.`;
  return (
    <Card title="Likely to buy next" note={basis === 'own' ? `From what they bought, by lists learned up to ${day(made?.asOf ?? '')}` : 'What most customers buy: it foresees best here, or we know of no purchase'}>
      <ol className="flex flex-col">
        {products.slice(0, SHOWN).map(({ productId, name, category, reason }) => (
          <li key={productId} className="border-t border-line py-2 first:border-t-0 first:pt-0">
            <p className="text-14">{name}{category !== null && <span className="text-muted"> · {category}</span>}</p>
            <p className="text-13 text-muted">{reasonWords(reason, count)}</p>
          </li>
        ))}
      </ol>
      <p className="mt-2 text-12 text-pretty text-muted">{[trust, ...notes.map((note) => `${note}.`)].join(' ')}</p>
    </Card>
  );
}

function reasonWords(reason: RecommendationReason, count: (value: number) => string): string {
  const people = (n: number): string => `${count(n)} ${n === 1 ? 'customer' : 'customers'}`;
  switch (reason.kind) {
    case 'again': return reason.times === 1 ? 'Bought once before' : `Bought ${count(reason.times)} times before`;
    case 'with': return `Bought with ${reason.name} by ${people(reason.customers)}`;
    case 'popular': return `Bought by ${people(reason.customers)}`;
    default: return assertNever(reason);
  }
}
