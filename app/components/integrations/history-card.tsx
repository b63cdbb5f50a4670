/** "Bring your order history": what the platform had before, how far it is, and what went wrong. */
import { Form } from '@remix-run/react';
import type { BackfillView } from '#operations/backfills';
import { useFormats } from '../../format/use-formats.tsx';
import { backfillStateName } from '../../format/words.ts';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { useAskAgain } from './use-ask-again.ts';

export function isAtWork({ state }: Pick<BackfillView, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

export function HistoryCard({ backfills, platformName, missing }: { backfills: BackfillView[]; platformName: string; missing: string[] }) {
  const working = backfills.find(isAtWork);
  useAskAgain(working !== undefined);
  const before = backfills.filter((one) => one !== working).slice(0, 5);
  return (
    <Card title={backfills.length === 0 ? 'Bring your order history' : 'Order history'} note={`Past orders with their refunds, read from ${platformName}. Orders that are here already are not counted twice.`}>
      <div className="flex flex-col gap-4">
        {working ? <Progress backfill={working} platformName={platformName} /> : missing.length > 0 ? (
          <p className="text-14">First give under <a href="#settings" className="text-accent underline">Settings</a>: {missing.join(', ')}.</p>
        ) : (
          <Form method="post" className="flex flex-col items-start gap-3">
            <div className="w-full max-w-56"><TextField label="From (optional)" name="from" type="date" help="Without a day, from the beginning" /></div>
            <Button type="submit" name="intent" value="backfill" look={backfills.length === 0 ? 'primary' : 'plain'}>{backfills.length === 0 ? 'Bring past orders' : 'Read again'}</Button>
          </Form>
        )}
        {before.length > 0 && <ul className="flex flex-col gap-2">{before.map((one) => <Ended key={one.id} backfill={one} />)}</ul>}
      </div>
    </Card>
  );
}

function Progress({ backfill, platformName }: { backfill: BackfillView; platformName: string }) {
  const { count, percent } = useFormats();
  const { recordsRead: read, recordsExpected: all } = backfill;
  const share = all === null || all === 0 ? null : Math.min(1, read / all);
  return (
    <div className="flex flex-col gap-3">
      {/* Without a total the bar says only that something is going on. */}
      <progress aria-label="Orders read" className="h-2 w-full accent-accent" {...(share === null ? {} : { value: share, max: 1 })} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="figures text-14" role="status">
          {read === 0 ? `${platformName} is preparing the orders…` : all === null ? `${count(read)} records read` : `${count(read)} of ${count(all)} records read (${percent(share ?? 0)})`}
        </p>
        <Form method="post">
          <input type="hidden" name="backfill" value={backfill.id} />
          <Button small type="submit" name="intent" value="cancel-backfill">Cancel</Button>
        </Form>
      </div>
      {backfill.error !== null && <Notice tone="warning">{backfill.error}</Notice>}
      <p className="text-13 text-muted">You can leave this page; reading goes on.</p>
    </div>
  );
}

function Ended({ backfill }: { backfill: BackfillView }) {
  const { count, time, day } = useFormats();
  const { state, recordsRead, inserted, rejected, error, fromDay } = backfill;
  return (
    <li className="border-t border-line pt-2 text-13">
      <p className="figures text-muted">
        <span className="font-strong text-ink">{backfillStateName(state)}</span> · {time(backfill.finishedAt ?? backfill.createdAt)}{fromDay !== null && ` · from ${day(fromDay)}`} · {count(recordsRead)} records read, {count(inserted)} new
        {rejected > 0 && `, ${count(rejected)} could not be read`}
      </p>
      {error !== null && <p className="mt-1 text-negative">{error}</p>}
    </li>
  );
}
