/** How the value came about, step by step. */
import type { ExplanationStep } from '#operations/customer-views';
import { Card } from '../ui/card.tsx';

export function Explanation({ steps }: { steps: ExplanationStep[] }) {
  return (
    <Card title="How this was computed">
      <ol className="flex flex-col">
        {steps.map(({ label, value, detail }, index) => (
          <li key={label} className="border-t border-line py-2.5 first:border-t-0 first:pt-0">
            <p className="flex flex-wrap justify-between gap-x-4">
              <span><span className="figures mr-2 text-muted">{index + 1}</span>{label}</span>
              <span className="figures font-strong">{value}</span>
            </p>
            <p className="text-13 text-pretty text-muted">{detail}</p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
