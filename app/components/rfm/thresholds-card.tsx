/** Where scores are cut: by fifths of the customers, or at values that the merchant chooses. */
import { Form } from '@remix-run/react';
import { useId } from 'react';
import type { RfmThresholds } from '#core/rfm/thresholds';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { ROWS, SCORES, type ThresholdRow } from './thresholds-form.ts';

const START: Record<ThresholdRow, readonly number[]> = { recencyDays: [365, 180, 90, 30], frequency: [2, 3, 5, 10], monetary: [50, 100, 250, 500] };

function rowLabel(row: ThresholdRow, currency: string): string {
  switch (row) {
    case 'recencyDays': return 'Days since the last purchase, at most';
    case 'frequency': return 'Days with a purchase, at least';
    case 'monetary': return `Net so far in ${currency}, at least`;
  }
}

interface ThresholdsCardProps {
  thresholds: RfmThresholds;
  /** Asked for, and still being counted. */
  pending: boolean;
  currency: string;
  mayChange: boolean;
  result: FormResult | undefined;
  saving: boolean;
}

export function ThresholdsCard({ thresholds, pending, currency, mayChange, result, saving }: ThresholdsCardProps) {
  const id = useId();
  const errors = result?.errors ?? {};
  const stale = thresholds.rule === 'fixed' && thresholds.currency !== currency;
  return (
    <Card title="Where the scores are cut" note="By fifths, each score from 1 to 5 holds about as many customers, and the cuts are made anew each night. Values of your own stay until you change them.">
      <Form method="post" className="group/rule flex flex-col gap-4">
        <FormMessage result={result} />
        {pending && result === undefined && <Notice>Customers are being scored by your last change; the former scores serve until that is done.</Notice>}
        {stale && <Notice tone="warning">Your amounts are in {thresholds.rule === 'fixed' ? thresholds.currency : ''}, and the company counts in {currency} now: value is cut by fifths until you write them anew.</Notice>}
        <fieldset disabled={!mayChange} className="flex min-w-0 flex-col gap-4">
          <legend className="sr-only">Rule</legend>
          <div className="flex flex-wrap gap-x-6 gap-y-2">
            {([['quantile', 'By fifths of your customers'], ['fixed', 'At values of your own']] as const).map(([value, label]) => (
              <label key={value} className="flex items-center gap-2">
                <input type="radio" name="rule" value={value} defaultChecked={thresholds.rule === value} className="size-4 accent-accent" />
                {label}
              </label>
            ))}
          </div>
          <div className="hidden overflow-x-auto group-has-[input[value=fixed]:checked]/rule:block">
            <table className="figures text-13">
              <caption className="sr-only">Lowest value of each score</caption>
              <thead><tr><td />{SCORES.map((score) => <th key={score} scope="col" className="px-1 pb-1 text-center text-12 text-muted">Score {score}</th>)}</tr></thead>
              <tbody>
                {ROWS.map((row) => (
                  <tr key={row}>
                    <th scope="row" className="min-w-40 py-1 pr-3 font-normal">
                      {rowLabel(row, currency)}
                      {errors[row] !== undefined && <span id={`${id}-${row}`} className="block text-negative">{errors[row]}</span>}
                    </th>
                    {SCORES.map((score, place) => (
                      <td key={score} className="p-1">
                        <input
                          name={`${row}${score}`} aria-label={`${rowLabel(row, currency)}, score ${score}`} inputMode={row === 'monetary' ? 'decimal' : 'numeric'}
                          defaultValue={(thresholds.rule === 'fixed' ? thresholds[row] : START[row])[place]}
                          aria-invalid={errors[row] === undefined ? undefined : true} aria-describedby={errors[row] === undefined ? undefined : `${id}-${row}`}
                          className="h-9 w-20 rounded-control border border-edge bg-surface px-2 text-right text-14 aria-invalid:border-negative"
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </fieldset>
        {mayChange
          ? <div><Button type="submit" look="primary" name="intent" value="thresholds" aria-disabled={saving}>{saving ? 'Saving…' : 'Save'}</Button></div>
          : <p className="text-13 text-muted">Your role sees these settings; a manager or an admin of your company changes them.</p>}
      </Form>
    </Card>
  );
}
