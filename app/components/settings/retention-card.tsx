/** For how long single sales are kept: the choice, what would go by it and when, and what closing means. */
import { useFetcher } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { addDays } from '#core/calendar/days';
import type { RetentionView } from '#operations/retention';
import type { CompanyView } from '#operations/company-views';
import type { loader } from '../../routes/settings.retention.ts';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { SelectField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { EVERYTHING, yearChoices } from './retention-form.ts';

export function RetentionCard({ company, mayChange }: { company: CompanyView; mayChange: boolean }) {
  const { day } = useFormats();
  const form = useFetcher<FormResult>();
  const { load, data } = useFetcher<typeof loader>();
  const inForce = company.keepYears === null ? EVERYTHING : String(company.keepYears);
  const [chosen, setChosen] = useState(inForce);
  const saving = form.state !== 'idle';
  // Also once it is saved: the notice then has begun.
  useEffect(() => { load(`/settings/retention?keepYears=${chosen}`); }, [load, chosen, inForce]);
  const preview = data !== undefined && (data.keepYears === null ? EVERYTHING : String(data.keepYears)) === chosen ? data : null;
  return (
    <Card title="How long single sales are kept" note="Older ones become sums of their days. Customer values, cohorts and revenue stay exactly as they are.">
      <form.Form method="post" className="flex flex-col gap-4">
        {form.data?.message != null && <Notice tone={form.data.ok ? 'good' : 'bad'} role="status">{form.data.message}</Notice>}
        {company.closedBefore !== null && <p className="text-13">Closed before <strong className="font-strong">{day(company.closedBefore)}</strong>: those sales are sums, and nothing dated earlier is taken any more.</p>}
        {mayChange && (
          <SelectField label="Keep single sales for" name="keepYears" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} className="sm:max-w-56" error={form.data?.errors['keepYears']}>
            {yearChoices(company.keepYears).map((years) => <option key={years} value={years}>{years} years</option>)}
            <option value={EVERYTHING}>Always: keep everything</option>
          </SelectField>
        )}
        <div aria-live="polite" className="min-h-15 text-13">
          {preview === null ? <span className="text-muted">Counting…</span> : <WhatGoes preview={preview} isInForce={chosen === inForce} />}
        </div>
        {mayChange && chosen !== inForce && <div><Button type="submit" look="primary" name="intent" value="retention" aria-disabled={saving}>{saving ? 'Saving…' : 'Save'}</Button></div>}
        <details className="text-13 text-muted">
          <summary className="w-fit cursor-pointer underline underline-offset-2 hover:text-ink">What closing old days means</summary>
          <ul className="mt-2 flex list-disc flex-col gap-1.5 pl-5">
            <li>Gone for good: the single orders and refunds of those days with their items. What each customer spent on each day stays.</li>
            <li>A sale, a change or a refund dated there is refused and says why. Bring old history in first: nothing is closed within 30 days of the last old sale that came in.</li>
            <li>A refund that comes later for a sale that is gone is kept and counts nowhere; it stands on the page Data quality as waiting for its order.</li>
            <li>Those days keep the time zone, the exchange rates and the worth of an order they were counted by. Another currency converts them at each day's rate.</li>
            <li>Merging and erasing customers work as ever. An import can be undone as far as its sales are still kept one by one.</li>
          </ul>
        </details>
      </form.Form>
    </Card>
  );
}

function WhatGoes({ preview, isInForce }: { preview: RetentionView; isInForce: boolean }) {
  const { count, day } = useFormats();
  const { before, orders, refunds, customers, oldest, notBefore } = preview;
  if (before === null) return <p className="text-muted">Every sale stays, one by one.</p>;
  if (notBefore === null || oldest === null) return <p className="text-muted">Nothing goes at present: no sale is from before {day(before)}.</p>;
  const what = `${count(orders)} ${orders === 1 ? 'order' : 'orders'} and ${count(refunds)} ${refunds === 1 ? 'refund' : 'refunds'} of ${count(customers)} ${customers === 1 ? 'customer' : 'customers'}`;
  return (
    <Notice tone={isInForce ? 'info' : 'warning'}>
      {what}, from {day(oldest)} to {day(addDays(before, -1))}, {isInForce ? 'become' : 'would become'} sums of their days in the night of {day(notBefore)} at the earliest.
      Until then you can change your mind; afterwards single sales do not come back.
    </Notice>
  );
}
