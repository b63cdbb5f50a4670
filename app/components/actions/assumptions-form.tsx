/** What gains are reckoned with: stated, and the company's to change. */
import { Form } from '@remix-run/react';
import { ACTION_IDS, type Assumptions } from '#core/actions/assumptions';
import { ACTION_NAMES } from '#core/actions/words';
import { useFormats } from '../../format/use-formats.tsx';
import { TextField } from '../forms/field.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function AssumptionsForm({ assumptions, mayManage, result, saving }: { assumptions: Assumptions; mayManage: boolean; result: FormResult | undefined; saving: boolean }) {
  const { currency, percent } = useFormats();
  return (
    <Card title="What we assume" note="Of those who would otherwise stay away, one in so many comes when written to. Nobody measured this in your shop: a holdout does, and its figures then weigh against these.">
      {mayManage ? (
        <Form method="post" className="flex flex-col gap-4">
          <fieldset className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            <legend className="sr-only">One in how many answers, by action</legend>
            {ACTION_IDS.map((id) => (
              <TextField key={id} label={`${ACTION_NAMES[id].name}: one in`} name={id} inputMode="decimal" defaultValue={String(assumptions.responses[id])} error={result?.errors[`responses.${id}`]} required />
            ))}
            <TextField label="An offer gives away, percent of an order" name="incentive" inputMode="decimal" defaultValue={String(Number((assumptions.incentive * 100).toPrecision(6)))} error={result?.errors.incentive} required />
            <TextField label={`An e-mail costs, ${currency}`} name="email" inputMode="decimal" defaultValue={String(assumptions.cost.email)} error={result?.errors['cost.email']} required />
            <TextField label={`A text message costs, ${currency}`} name="sms" inputMode="decimal" defaultValue={String(assumptions.cost.sms)} error={result?.errors['cost.sms']} required />
          </fieldset>
          <Button type="submit" className="self-start" name="intent" value="assume" aria-disabled={saving}>Save</Button>
        </Form>
      ) : (
        <ul className="flex flex-col gap-1 text-13">
          {ACTION_IDS.map((id) => <li key={id} className="flex justify-between gap-4"><span>{ACTION_NAMES[id].name}</span><span className="figures">1 in {assumptions.responses[id]}</span></li>)}
          <li className="flex justify-between gap-4"><span>An offer gives away</span><span className="figures">{percent(assumptions.incentive)} of an order</span></li>
        </ul>
      )}
    </Card>
  );
}
