/** What people can do about models: fit anew, keep one, and let their fits help new shops. */
import { useFetcher } from '@remix-run/react';
import type { ModelStatus } from '#operations/model-views';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, SelectField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

function Outcome({ data, busy, words }: { data: FormResult | undefined; busy: boolean; words: string }) {
  if (busy) return <span role="status" className="text-13 text-muted">{words}</span>;
  return data?.message == null ? null : <span role="status" className={`text-13 ${data.ok ? 'text-muted' : 'text-negative'}`}>{data.message}</span>;
}

export function PinForm({ status }: { status: ModelStatus }) {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  return (
    <Card title={status.pinned === null ? 'The evidence chooses the model' : `You keep ${status.pinned}`} note="Another model of repeat buying serves only when it foretold several earlier days better than chance explains">
      <fetcher.Form method="post" className="flex max-w-md flex-col gap-4">
        <input type="hidden" name="intent" value="pin" />
        <SelectField label="Which model serves" name="model" defaultValue={status.pinned ?? ''} help="Kept until you choose otherwise; every value is reckoned anew.">
          <option value="">The best on evidence</option>
          <option value="mbg-nbd">Always MBG/NBD</option>
          <option value="bg-nbd">Always BG/NBD</option>
          <option value="pareto-nbd">Always Pareto/NBD</option>
        </SelectField>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" aria-disabled={busy}>Save</Button>
          <Outcome data={fetcher.data} busy={busy} words="Fitting, then valuing every customer again." />
        </div>
      </fetcher.Form>
    </Card>
  );
}

/** The same for who says who is likely to leave. */
export function ChurnPinForm({ status }: { status: ModelStatus }) {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  return (
    <Card title={status.pinnedChurn === null ? 'The evidence chooses who says who leaves' : `You keep ${status.pinnedChurn} for who leaves`} note="Another way of saying it serves only when it foretold several earlier days better than chance explains">
      <fetcher.Form method="post" className="flex max-w-md flex-col gap-4">
        <input type="hidden" name="intent" value="pin-churn" />
        <SelectField label="Who says who is likely to leave" name="model" defaultValue={status.pinnedChurn ?? ''} help="Kept until you choose otherwise. Where there is too little to learn from, the rhythm of purchases speaks all the same.">
          <option value="">The best on evidence</option>
          <option value="rhythm">Always the rhythm of purchases</option>
          <option value="logistic">Always logistic regression</option>
          <option value="forest">Always a random forest</option>
          <option value="boosted">Always boosted trees</option>
        </SelectField>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" aria-disabled={busy}>Save</Button>
          <Outcome data={fetcher.data} busy={busy} words="Learning, then scoring every customer again." />
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
