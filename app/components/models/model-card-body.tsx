/** One model's card: what it is, what it was learned from, and how it did. */
import type { ModelCardView } from '#operations/model-cards';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { ChurnEvidence } from './churn-evidence.tsx';
import { modelWords } from './model-words.ts';
import { SpendEvidence } from './spend-evidence.tsx';
import { ValueEvidence } from './value-evidence.tsx';

export function ModelCardBody({ card }: { card: ModelCardView }) {
  const { day, time, count, percent, decimal } = useFormats();
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title={titleOf(card)} note={modelWords(card.model)}>
        <div className="flex flex-col gap-3 text-14">
          {card.error !== null && <Notice tone="bad">This try did not succeed; what served before went on serving. {card.error}</Notice>}
          <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-3">
            <Fact label="Learned from">{`Orders up to ${day(card.asOf)}`}</Fact>
            <Fact label="When">{time(card.createdAt)}</Fact>
            <Fact label="Now">{card.serving ? 'Serves' : 'Does not serve'}</Fact>
            {card.kind !== 'value' && <Fact label="Looks ahead">{horizonWords(card.horizonDays)}</Fact>}
            {card.kind === 'churn' && card.evidence && <Fact label="Customers">{`${count(card.evidence.customers)}, of whom ${percent(card.evidence.churnRate)} left`}</Fact>}
            {card.kind === 'spend' && card.evidence?.served && <Fact label="Customers">{count(card.evidence.served.customers)}</Fact>}
            {card.kind === 'value' && <Fact label="Parameters">{Object.entries(card.parameters).map(([name, value]) => `${name} ${decimal(value, 3)}`).join(', ') || '–'}</Fact>}
          </dl>
          {card.notes.length > 0 && <ul className="flex flex-col gap-1 text-13 text-muted">{card.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
        </div>
      </Card>
      {card.kind === 'value' && <ValueEvidence evidence={card.evidence} />}
      {card.kind === 'churn' && card.evidence && <ChurnEvidence evidence={card.evidence} />}
      {card.kind === 'spend' && card.evidence && <SpendEvidence evidence={card.evidence} />}
    </div>
  );
}

function titleOf(card: ModelCardView): string {
  switch (card.kind) {
    case 'value': return 'How often they buy and how much: values and ranges';
    case 'churn': return 'Who is likely to leave';
    case 'spend': return 'How much customers will spend';
  }
}

function Fact({ label, children }: { label: string; children: string }) {
  return <div className="min-w-0"><dt className="text-13 text-muted">{label}</dt><dd className="figures break-words">{children}</dd></div>;
}
