/** Our books beside the platform's: one plain sentence, then each day with the reasons for every difference. */
import { Form, Link } from '@remix-run/react';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReconciliationView } from '#operations/reconcile';
import type { Formats } from '../../format/formats.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { driftCauseWords } from '../../format/words.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { useAskAgain } from './use-ask-again.ts';

type Day = ReconciliationView['days'][number];

export function ReconciliationCard({ view, platformName }: { view: ReconciliationView; platformName: string }) {
  const { time } = useFormats();
  const { status, days, missing } = view;
  const running = status?.state === 'running';
  useAskAgain(running);
  const shown = days.filter((day) => day.drift.length > 0);
  return (
    <Card
      flush
      title={`Compared with ${platformName}`}
      note={status?.finishedAt == null ? 'Each hour the last three days, each night the last 35' : `Last looked ${time(status.finishedAt)}`}
      actions={missing.length === 0 ? (
        <Form method="post"><Button small type="submit" name="intent" value="reconcile" aria-disabled={running}>{running ? 'Comparing…' : 'Compare now'}</Button></Form>
      ) : undefined}
    >
      <div className="flex flex-col gap-3 px-5 pb-4">
        {status?.state === 'failed' && <Notice tone="bad">{status.error ?? 'The comparison failed'}</Notice>}
        {missing.length > 0 ? <p className="text-14">To compare, first give under <a href="#settings" className="text-accent underline">Settings</a>: {missing.join(', ')}.</p>
          : days.length === 0 ? <p className="text-14 text-muted">{running ? 'The first comparison is under way.' : 'Nothing has been compared yet.'}</p>
            : <Sentence view={view} platformName={platformName} />}
      </div>
      {shown.length > 0 && <DayTable days={shown} platformName={platformName} />}
    </Card>
  );
}

function Sentence({ view: { verdict, days }, platformName }: { view: ReconciliationView; platformName: string }) {
  const { money, day, count } = useFormats();
  const fetched = verdict.mended === 0 ? '' : ` ${count(verdict.mended)} ${verdict.mended === 1 ? 'record was' : 'records were'} missing or old and ${verdict.mended === 1 ? 'has' : 'have'} been fetched.`;
  const oldest = days.at(-1)?.day;
  const agrees = verdict.daysApart === 0;
  const Icon = agrees ? CircleCheck : TriangleAlert;
  return (
    <p className="flex gap-2 text-14 text-pretty">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${agrees ? 'text-positive' : 'text-warning'}`} />
      <span>
        {agrees
          ? `To the cent since ${day(verdict.since ?? oldest ?? '')}: ${platformName} and Perennial show the same orders and refunds.`
          : `${money(verdict.apart, 'exact')} apart on ${count(verdict.daysApart)} ${verdict.daysApart === 1 ? 'day' : 'days'}: ${verdict.causes.map((cause) => driftCauseWords(cause).short).join(', ')}.${verdict.since === null ? '' : ` To the cent since ${day(verdict.since)}.`}`}
        {fetched}
      </span>
    </p>
  );
}

function DayTable({ days, platformName }: { days: Day[]; platformName: string }) {
  const formats = useFormats();
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  return (
    <div className="relative max-h-[36rem] overflow-auto rounded-b-card">
      <table className="figures w-full text-14">
        <caption className="sr-only">Days on which something differed, newest first</caption>
        <thead className="sticky top-0 bg-surface">
          <tr className="border-t border-line">
            <th scope="col" className={`${head} pl-5 text-left`}>Day</th>
            <th scope="col" className={`${head} text-right max-md:hidden`}>{platformName}, net</th>
            <th scope="col" className={`${head} text-right max-md:hidden`}>Here, net</th>
            <th scope="col" className={`${head} text-right`}>Apart</th>
            <th scope="col" className={`${head} pr-5 text-left`}>Why</th>
          </tr>
        </thead>
        <tbody>
          {days.map((one) => {
            const [theirs, ours] = [one.theirs.gross - one.theirs.refunded, one.ours.gross - one.ours.refunded];
            return (
              <tr key={one.day} className="border-t border-line align-top">
                <th scope="row" className="py-2.5 pr-3 pl-5 text-left font-body whitespace-nowrap">{formats.dayShort(one.day)}</th>
                <td className="px-3 py-2.5 text-right max-md:hidden">{formats.money(theirs, 'exact')}</td>
                <td className="px-3 py-2.5 text-right max-md:hidden">{formats.money(ours, 'exact')}</td>
                <td className="px-3 py-2.5 text-right whitespace-nowrap">{signed(formats, theirs - ours)}</td>
                <td className="px-3 py-2.5 pr-5"><ul className="flex flex-col gap-2">{one.drift.map((drift) => <Why key={`${drift.cause}-${String(drift.mended)}`} drift={drift} />)}</ul></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Why({ drift }: { drift: Day['drift'][number] }) {
  const formats = useFormats();
  const words = driftCauseWords(drift.cause);
  return (
    <li className="text-13">
      <span className="block text-pretty">{formats.count(drift.records)} × {words.long}{drift.mended ? ' Fetched; nothing is left to do.' : ''} <span className="text-muted">{signed(formats, drift.amount)}</span></span>
      <span className="flex flex-wrap gap-x-3 text-12 text-muted">
        {drift.examples.map((example) => {
          const name = `${example.kind === 'refund' ? 'Refund ' : ''}${example.label ?? example.externalId}`;
          return example.customerId === null ? <span key={name}>{name}</span> : <Link key={name} to={`/customers/${example.customerId}`} className="text-accent underline">{name}</Link>;
        })}
      </span>
    </li>
  );
}

function signed({ money }: Formats, minor: number): string {
  return minor === 0 ? money(0, 'exact') : `${minor > 0 ? '+' : '−'}${money(Math.abs(minor), 'exact')}`;
}
