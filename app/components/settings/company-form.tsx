/** How this company counts: currency, days, horizon, what an order is worth. */
import { Form } from '@remix-run/react';
import type { CompanyView } from '#operations/views';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, SelectField, TextField } from '../forms/field.tsx';
import { TimeZoneOptions } from '../forms/region-options.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

const BASES: readonly { value: CompanyView['revenueBasis']; label: string }[] = [
  { value: 'net_sales', label: 'Net sales: goods after discounts, without tax, shipping and tips' },
  { value: 'with_shipping', label: 'With shipping: net sales plus what was paid for shipping' },
  { value: 'total_paid', label: 'Total paid: everything, with tax, shipping and tips' },
];

export function CompanyForm({ company, zones, result, saving }: { company: CompanyView; zones: string[]; result: FormResult | undefined; saving: boolean }) {
  const { decimal } = useFormats();
  const errors = result?.errors ?? {};
  return (
    <Card title="How your figures are counted" note="A change recounts everything, also the past, before it is shown.">
      <Form method="post" className="flex max-w-2xl flex-col gap-5">
        {result?.message != null && <Notice tone={result.ok ? 'good' : 'bad'} role="status">{result.message}</Notice>}
        <TextField label="Company or shop" name="name" defaultValue={company.name} required error={errors.name} />
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField label="Currency" value={company.currency} readOnly className="bg-sunken text-muted" help="Fixed when you registered: amounts are kept in it." />
          <SelectField label="Time zone" name="timeZone" defaultValue={company.timeZone} help="Your days begin and end here." error={errors.timeZone}>
            <TimeZoneOptions zones={zones} chosen={company.timeZone} />
          </SelectField>
          <TextField label="Forecast horizon, in days" name="horizonDays" inputMode="numeric" defaultValue={company.horizonDays} help="How far ahead a customer's value looks: 365 is a year." error={errors.horizonDays} />
          <TextField label="Discount rate, per cent a year" name="discountRate" inputMode="decimal" defaultValue={decimal(company.discountRate * 100, 2)} help="How much less money of next year is worth to you today." error={errors.discountRate} />
        </div>
        <TextField label="Analysis date" name="analysisDate" type="date" defaultValue={company.analysisDate ?? ''} className="sm:max-w-56" help="Empty: live, as of today. A past day shows everything as it stood then: for old data and for checking forecasts." error={errors.analysisDate} />
        <SelectField label="What an order is worth" name="revenueBasis" defaultValue={company.revenueBasis} help="For files and the API the amount is taken as given." error={errors.revenueBasis}>
          {BASES.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
        </SelectField>
        <CheckField label="Count orders of amount zero" name="countZeroOrders" defaultChecked={company.countZeroOrders} help="Free samples and replacements then count as purchases. Most shops leave this off." />
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" name="intent" value="company" aria-disabled={saving}>{saving ? 'Recounting…' : 'Save'}</Button>
          {saving && <p role="status" className="text-13 text-muted">A large shop takes some seconds.</p>}
        </div>
      </Form>
    </Card>
  );
}
