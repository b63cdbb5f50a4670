/** Holding customers out of actions: begin, stop, and how long it takes until something can be told. */
import { Form } from '@remix-run/react';
import type { HoldoutView } from '#operations/action-views';
import { useFormats } from '../../format/use-formats.tsx';
import { SelectField } from '../forms/field.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

export function HoldoutCard({ holdout: { running, plan, mayManage }, result, saving }: { holdout: HoldoutView; result: FormResult | undefined; saving: boolean }) {
  const { count, day, decimal, percent } = useFormats();
  const planned = plan.shares.find(({ share }) => Math.abs(share - (running?.share ?? 0.1)) < 0.001) ?? plan.shares[1];
  if (running !== null) {
    return (
      <Card title={`${percent(running.share)} of customers are held out`} note={`Measured from ${day(running.since)} on. For them nothing is suggested, and no list or file names them.`}
        actions={mayManage ? <ConfirmDialog trigger="Stop" look="plain" title="Stop holding customers out?" keep="Go on" confirm="Stop" confirmLook="primary" intent="stop-holdout">Everybody has actions again. What was measured so far is kept, and cannot be gone on with.</ConfirmDialog> : undefined}>
        <p className="text-14 text-pretty">{running.lift === null ? 'Nothing to compare yet: its first day is not over.' : takes(planned, plan.assumedEffect)}</p>
      </Card>
    );
  }
  return (
    <Card title="Measure what acting brings" note="Off">
      <p className="text-14 text-pretty">Hold back a share of your customers, chosen by chance and always the same ones: nothing is suggested for them. What the others bring more than they do is what acting brought. Until then gains rest on assumptions.</p>
      {plan.customers === 0 ? <p className="mt-2 text-13 text-muted">Nobody has an action just now that could be measured.</p> : <p className="mt-2 text-13 text-pretty text-muted">{takes(planned, plan.assumedEffect)}</p>}
      {mayManage && (
        <Form method="post" className="mt-3 flex flex-wrap items-end gap-3">
          <div className="w-64 max-w-full">
            <SelectField label="Share held out" name="share" defaultValue="10" error={result?.errors.share}>
              {plan.shares.map(({ share, days }) => <option key={share} value={Math.round(share * 100)}>{percent(share)}: {days === null ? 'more than ten years' : `about ${count(days)} ${days === 1 ? 'day' : 'days'}`}</option>)}
            </SelectField>
          </div>
          <Button type="submit" look="primary" name="intent" value="start-holdout" aria-disabled={saving}>Begin tomorrow</Button>
        </Form>
      )}
    </Card>
  );

  function takes(one: (typeof plan.shares)[number] | undefined, effect: number): string {
    if (one === undefined || plan.customers === 0) return 'There are too few customers with an action to say how long it takes.';
    const assumed = `If acting adds ${decimal(effect, 3)} orders a customer in 30 days, as assumed,`;
    const who = `with ${count(plan.customers)} customers and ${percent(one.share)} held out`;
    const needed = one.customersFor30Days === null ? '' : ` Within 30 days it would take ${count(one.customersFor30Days)} customers.`;
    if (one.days === null) return `${assumed} it would take more than ten years ${who} to tell that from chance.${needed}`;
    return `${assumed} it takes about ${count(one.days)} ${one.days === 1 ? 'day' : 'days'} ${who} to tell that from chance in eight of ten cases.${needed}`;
  }
}
