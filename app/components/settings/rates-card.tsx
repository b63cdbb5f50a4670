/** Exchange rates: what sales in other currencies are converted at, and rates by hand. */
import { useFetcher } from '@remix-run/react';
import type { ExchangeRatesView } from '#operations/exchange-rate-views';
import type { NamedCurrency } from '../../format/regions.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { SelectField, TextField } from '../forms/field.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { CurrencyOptions } from '../forms/region-options.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

const head = 'h-9 px-3 text-12 font-strong text-muted';

interface RatesCardProps {
  rates: ExchangeRatesView;
  currencies: NamedCurrency[];
  mayChange: boolean;
  /** The rate that a change of currency waits for. */
  waitedFor: { currency: string; from: string } | null;
}

export function RatesCard({ rates, currencies, mayChange, waitedFor }: RatesCardProps) {
  const { day, decimal } = useFormats();
  const base = rates.currency;
  const said = (currency: string, rate: number) => `1 ${currency} = ${decimal(rate, rate < 0.1 ? 6 : 4)} ${base}`;
  return (
    <Card flush title="Exchange rates" note={`A sale in another currency counts in ${base} at its own day's rate, its refunds at the same one. The European Central Bank's rates come by themselves each night.`}>
      <div className="overflow-x-auto">
        <table className="figures w-full text-14">
          <caption className="sr-only">Currencies of your sales and their newest rates</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5`}>Currency</th>
              <th scope="col" className={head}>Newest rate</th>
              <th scope="col" className={`${head} pr-5`}>From</th>
            </tr>
          </thead>
          <tbody>
            {rates.wanted.map(({ currency, latest, error }) => (
              <tr key={currency} className="border-t border-line align-top">
                <th scope="row" className="px-3 py-2.5 pl-5 font-normal">{currency}</th>
                <td className="px-3 py-2.5">
                  {latest === null ? <span className="text-warning">None yet: these sales are kept, not counted</span> : said(currency, latest.rate)}
                  {error !== null && <span className="block max-w-md text-12 text-muted">{error}.</span>}
                </td>
                <td className="px-3 py-2.5 pr-5">{latest === null ? '–' : <>{day(latest.day)} <span className="text-muted">· {latest.origin === 'manual' ? 'by hand' : 'European Central Bank'}</span></>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rates.wanted.length === 0 && <p className="border-t border-line px-5 py-4 text-muted">All your sales came in {base}. A currency appears here with its first sale.</p>}
      {mayChange && <RateForm base={base} currencies={currencies.filter(({ code }) => code !== base)} first={waitedFor?.currency ?? rates.wanted[0]?.currency ?? (base === 'USD' ? 'EUR' : 'USD')} from={waitedFor?.from} />}
      {rates.rates.length > 0 && (
        <div className="border-t border-line px-5 py-4">
          <h3 className="text-13 font-strong">Entered by hand</h3>
          <ul className="mt-1.5 max-h-80 overflow-y-auto">
            {rates.rates.map((rate) => <HandRate key={`${rate.currency} ${rate.day}`} rate={rate} words={said(rate.currency, rate.rate)} mayChange={mayChange} />)}
          </ul>
        </div>
      )}
    </Card>
  );
}

function RateForm({ base, currencies, first, from }: { base: string; currencies: NamedCurrency[]; first: string; from: string | undefined }) {
  const fetcher = useFetcher<FormResult>();
  const errors = fetcher.data?.errors ?? {};
  const saving = fetcher.state !== 'idle';
  return (
    <fetcher.Form method="post" className="flex flex-col gap-4 border-t border-line px-5 py-4">
      <h3 className="text-13 font-strong">Enter a rate</h3>
      {fetcher.data?.message != null && <Notice tone={fetcher.data.ok ? 'good' : 'bad'} role="status">{fetcher.data.message}</Notice>}
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField label="1 unit of" name="currency" defaultValue={first} error={errors['currency']}><CurrencyOptions currencies={currencies} /></SelectField>
        <TextField label={`is worth, in ${base}`} name="rate" inputMode="decimal" placeholder="0.92" required help={`Such as 0.92: 1 ${first} = 0.92 ${base}`} error={errors['rate']} />
        <TextField label="From this day on" name="day" type="date" required defaultValue={from} help="Until the next rate" error={errors['day']} />
      </div>
      <div><Button type="submit" name="intent" value="rate" aria-disabled={saving}>{saving ? 'Saving…' : 'Save rate'}</Button></div>
    </fetcher.Form>
  );
}

function HandRate({ rate, words, mayChange }: { rate: ExchangeRatesView['rates'][number]; words: string; mayChange: boolean }) {
  const fetcher = useFetcher<FormResult>();
  const { day } = useFormats();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 border-t border-line py-1.5 text-13 first:border-t-0">
      <span className="figures">{words} <span className="text-muted">from {day(rate.day)}</span></span>
      {mayChange && (
        <fetcher.Form method="post">
          <input type="hidden" name="currency" value={rate.currency} />
          <input type="hidden" name="day" value={rate.day} />
          <Button small look="quiet" type="submit" name="intent" value="remove-rate" aria-label={`Remove the rate of ${rate.currency} from ${day(rate.day)}`} aria-disabled={fetcher.state !== 'idle'}>Remove</Button>
        </fetcher.Form>
      )}
    </li>
  );
}
