/** How this company counts: currency, days, horizon, what an order is worth. */
import { Form } from '@remix-run/react';
import type { CompanySettingsView, CompanyView, WaitingView } from '#operations/company-views';
import { useFormats } from '../../format/use-formats.tsx';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, SelectField, TextField } from '../forms/field.tsx';
import type { NamedCurrency } from '../../format/regions.ts';
import { CurrencyOptions, TimeZoneOptions } from '../forms/region-options.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

const BASES: readonly { value: CompanyView['revenueBasis']; label: string }[] = [
  { value: 'net_sales', label: 'Net sales: goods after discounts, without tax, shipping and tips' },
  { value: 'with_shipping', label: 'With shipping: net sales plus what was paid for shipping' },
  { value: 'total_paid', label: 'Total paid: everything, with tax, shipping and tips' },
];

interface CompanyFormProps {
  company: CompanySettingsView;
  zones: string[];
  currencies: NamedCurrency[];
  mayChange: boolean;
  result: FormResult | undefined;
  saving: boolean;
}

export function CompanyForm({ company, zones, currencies, mayChange, result, saving }: CompanyFormProps) {
  const { decimal, day } = useFormats();
  const errors = result?.errors ?? {};
  // What was asked for last, also while it is still being counted.
  const asked = { ...company, ...company.pending };
  const closed = company.closedBefore === null ? '' : ` Closed days, before ${day(company.closedBefore)}, stay as they were counted.`;
  return (
    <Card title="How your figures are counted" note="A change recounts everything, also the past. Until that is done, the former figures and settings serve.">
      <Form method="post" className="flex max-w-2xl flex-col gap-5">
        {company.waiting !== null && <Waiting company={company} waiting={company.waiting} />}
        <FormMessage result={result} />
        <fieldset disabled={!mayChange} className="flex min-w-0 flex-col gap-5">
          <legend className="sr-only">Settings</legend>
          <TextField label="Company or shop" name="name" defaultValue={company.name} required error={errors.name} />
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField label="Currency" name="currency" defaultValue={asked.currency} help="Sales in other currencies count at their day's rate." error={errors.currency}>
              <CurrencyOptions currencies={currencies} />
            </SelectField>
            <SelectField label="Time zone" name="timeZone" defaultValue={asked.timeZone} help={`Your days begin and end here.${closed}`} error={errors.timeZone}>
              <TimeZoneOptions zones={zones} chosen={asked.timeZone} />
            </SelectField>
            <TextField label="Forecast horizon, in days" name="horizonDays" inputMode="numeric" defaultValue={asked.horizonDays} help="How far ahead a customer's value looks: 365 is a year." error={errors.horizonDays} />
            <TextField label="Discount rate, per cent a year" name="discountRate" inputMode="decimal" defaultValue={decimal(asked.discountRate * 100, 2)} help="How much less money of next year is worth to you today." error={errors.discountRate} />
          </div>
          <TextField label="Analysis date" name="analysisDate" type="date" defaultValue={asked.analysisDate ?? ''} className="sm:max-w-56" help="Empty: live, as of today. A past day shows everything as it stood then: for old data and for checking forecasts." error={errors.analysisDate} />
          <SelectField label="What an order is worth" name="revenueBasis" defaultValue={asked.revenueBasis} help={`For files and the API the amount is taken as given.${closed}`} error={errors.revenueBasis}>
            {BASES.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
          </SelectField>
          <CheckField label="Count orders of amount zero" name="countZeroOrders" defaultChecked={asked.countZeroOrders} help="Free samples and replacements then count as purchases. Most shops leave this off." />
        </fieldset>
        {mayChange
          ? <div><Button type="submit" look="primary" name="intent" value="company" aria-disabled={saving}>{saving ? 'Saving…' : 'Save'}</Button></div>
          : <p className="text-13 text-muted">Your role sees these settings; a manager or an admin of your company changes them.</p>}
      </Form>
    </Card>
  );
}

/** A change that cannot come into force yet: what it waits for, and what a person can do about it. */
function Waiting({ company, waiting }: { company: CompanySettingsView; waiting: WaitingView }) {
  const { day, time } = useFormats();
  const { currency } = company.pending;
  const from = waiting.ratesFrom;
  return (
    <Notice tone="warning" role="status">
      <p>{currency === undefined ? 'Your change' : `The change to ${currency}`} waits since {time(waiting.since)}. {sentence(waiting.reason)} We try again by ourselves; until then your figures stay as they were{currency === undefined ? '' : `, in ${company.currency}`}.</p>
      {currency !== undefined && from !== null && (
        <p className="mt-1">To go on without waiting, enter under <a href="#rates" className="underline underline-offset-2">Exchange rates</a> what 1 {currency} was worth in {company.currency} from {day(from)} on, the day of your first sale. To stay with {company.currency}, choose it here again and save.</p>
      )}
    </Notice>
  );
}

const sentence = (reason: string): string => (reason.endsWith('.') ? reason : `${reason}.`);
