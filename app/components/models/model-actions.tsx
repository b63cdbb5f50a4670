/** What people can do about models: fit anew, keep one, and let their fits help new shops. */
import { useFetcher } from '@remix-run/react';
import type { ModelStatus } from '#operations/model-views';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, SelectField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { modelName } from './model-words.ts';

function Outcome({ data, busy, words }: { data: FormResult | undefined; busy: boolean; words: string }) {
  if (busy) return <span role="status" className="text-13 text-muted">{words}</span>;
  return data?.message == null ? null : <span role="status" className={`text-13 ${data.ok ? 'text-muted' : 'text-negative'}`}>{data.message}</span>;
}

interface Pin {
  intent: string;
  /** Where the status says what is kept. */
  kept: 'pinned' | 'pinnedChurn' | 'pinnedSpend';
  /** While the evidence chooses, and while people do. */
  title: { open: string; kept: (model: string) => string };
  note: string;
  label: string;
  help: string;
  choices: readonly (readonly [model: string, label: string])[];
  /** While it is saved. */
  busy: string;
}

/** What people may keep whatever the evidence says. */
const PINS = {
  value: {
    intent: 'pin', kept: 'pinned',
    title: { open: 'The evidence chooses the model', kept: (model) => `You keep ${model}` },
    note: 'Another model of repeat buying serves only when it foretold several earlier days better than chance explains',
    label: 'Which model serves', help: 'Kept until you choose otherwise; every value is reckoned anew.',
    choices: [['mbg-nbd', 'Always MBG/NBD'], ['bg-nbd', 'Always BG/NBD'], ['pareto-nbd', 'Always Pareto/NBD']],
    busy: 'Fitting, then valuing every customer again.',
  },
  churn: {
    intent: 'pin-churn', kept: 'pinnedChurn',
    title: { open: 'The evidence chooses who says who leaves', kept: (model) => `You keep ${model} for who leaves` },
    note: 'Another way of saying it serves only when it foretold several earlier days better than chance explains',
    label: 'Who says who is likely to leave', help: 'Kept until you choose otherwise. Where there is too little to learn from, the rhythm of purchases speaks all the same.',
    choices: [['rhythm', 'Always the rhythm of purchases'], ['logistic', 'Always logistic regression'], ['forest', 'Always a random forest'], ['boosted', 'Always boosted trees']],
    busy: 'Learning, then scoring every customer again.',
  },
  spend: {
    intent: 'pin-spend', kept: 'pinnedSpend',
    title: { open: 'The evidence chooses who says what they will spend', kept: (model) => `You keep ${modelName(model).toLowerCase()} for what they will spend` },
    note: 'A learned model serves only when it foretold spend from several earlier days better than chance explains',
    label: 'Who says how much customers will spend', help: 'Kept until you choose otherwise; every value is reckoned anew. Where there is too little to learn from, the model of repeat buying speaks all the same.',
    choices: [['probabilistic', 'Always the model of repeat buying'], ['boosted', 'Always boosted trees'], ['ridge', 'Always ridge regression']],
    busy: 'Learning, then valuing every customer again.',
  },
} as const satisfies Record<string, Pin>;

export function PinForm({ of, status }: { of: keyof typeof PINS; status: ModelStatus }) {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  const pin: Pin = PINS[of];
  const kept = status[pin.kept];
  return (
    <Card title={kept === null ? pin.title.open : pin.title.kept(kept)} note={pin.note}>
      <fetcher.Form method="post" className="flex max-w-md flex-col gap-4">
        <input type="hidden" name="intent" value={pin.intent} />
        {/* Made anew where somebody else chose meanwhile: what it begins with is read once. */}
        <SelectField key={kept} label={pin.label} name="model" defaultValue={kept ?? ''} help={pin.help}>
          <option value="">The best on evidence</option>
          {pin.choices.map(([model, label]) => <option key={model} value={model}>{label}</option>)}
        </SelectField>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" aria-disabled={busy}>Save</Button>
          <Outcome data={fetcher.data} busy={busy} words={pin.busy} />
        </div>
      </fetcher.Form>
    </Card>
  );
}

export function RefitButton() {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  return (
    <fetcher.Form method="post" className="flex flex-wrap items-center gap-3">
      <Outcome data={fetcher.data} busy={busy} words="Learning, then valuing every customer again." />
      <Button type="submit" name="intent" value="refit" aria-disabled={busy}>Learn anew now</Button>
    </fetcher.Form>
  );
}

export function SharingForm({ sharing }: { sharing: boolean }) {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  return (
    <Card title="Helping new shops" note="What very small shops begin with">
      <fetcher.Form method="post" className="flex max-w-2xl flex-col gap-4">
        <input type="hidden" name="intent" value="sharing" />
        <p className="text-14">A handful of parameters that describe how people buy in general (never a customer, an order, a price or your name) enter an average over at least ten shops. Shops with too little data of their own begin from it. Leave whenever you like: yours are out at once.</p>
        <CheckField label="Let the parameters of our fits enter that average" name="share" defaultChecked={sharing} />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" aria-disabled={busy}>Save</Button>
          <Outcome data={fetcher.data} busy={busy} words="Saving." />
        </div>
      </fetcher.Form>
    </Card>
  );
}
