/** Taking part in the comparison: what is shared, with whom, and the choice. */
import { useFetcher } from '@remix-run/react';
import { INDUSTRIES } from '#core/benchmarks/figures';
import type { BenchmarkView } from '#operations/benchmarks';
import type { FormResult } from '../forms/form-result.ts';
import { CheckField, SelectField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

export function ShareForm({ view, mayChange }: { view: BenchmarkView; mayChange: boolean }) {
  const fetcher = useFetcher<FormResult>();
  const { settings, peers, sizeBand, leastPeers } = view;
  return (
    <Card title="Shops like yours" note={`Same trade, ${sizeBand}`}>
      <div className="flex max-w-2xl flex-col gap-4">
        <p className="text-14">
          If you take part, five figures a month (sales, refunds, orders, buyers and returning buyers) enter a comparison without your name.
          Every shop of the group sees the middle half of it and the median, rounded, and only while at least {leastPeers} shops take part.
          Nobody sees the figures of one shop. Leave whenever you like: your figures are out at once.
        </p>
        {peers === 'too_few' && <Notice>You take part. Your group has fewer than {leastPeers} shops so far, so nothing is shown yet.</Notice>}
        {mayChange ? (
          <fetcher.Form method="post" className="flex flex-col gap-4">
            <SelectField label="What you sell" name="industry" defaultValue={settings.industry ?? ''} error={fetcher.data?.errors.industry}>
              <option value="">Choose one</option>
              {Object.entries(INDUSTRIES).map(([key, name]) => <option key={key} value={key}>{name}</option>)}
            </SelectField>
            <CheckField label="Take part in the comparison" name="share" defaultChecked={settings.share} />
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" aria-disabled={fetcher.state !== 'idle'}>Save</Button>
              {fetcher.data?.message != null && <span role="status" className="text-13 text-muted">{fetcher.data.message}</span>}
            </div>
          </fetcher.Form>
        ) : <p className="text-13 text-muted">A manager or admin of your company can change this.</p>}
      </div>
    </Card>
  );
}
