/** Requests about people's data: what was asked, by when it is due, and what was done. */
import { Link } from '@remix-run/react';
import { sourceName } from '#core/commerce/source-name';
import type { PrivacyRequestView } from '#operations/privacy-views';
import { useFormats } from '../../format/use-formats.tsx';
import { privacyKindName } from '../../format/words.ts';
import { buttonClass } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Tables whose counts say something to a merchant, in their words. */
const TABLES: readonly (readonly [table: string, one: string, many: string])[] = [
  ['customers', 'customer', 'customers'], ['transactions', 'sale kept without a customer', 'sales kept without a customer'], ['subscriptions', 'subscription', 'subscriptions'],
  ['events', 'event', 'events'], ['dead_letters', 'unread delivery', 'unread deliveries'], ['import_rejections', 'refused line of a file', 'refused lines of files'],
  ['import_skipped', 'skipped line of a file', 'skipped lines of files'],
];

function useDone(): (request: PrivacyRequestView) => string {
  const { count, time } = useFormats();
  return ({ kind, state, result, finishedAt, finishedBy, error }) => {
    if (error !== null) return error;
    if (kind === 'data_request' && state === 'done') {
      const rows = Object.values(result).reduce((sum, n) => sum + n, 0);
      const who = finishedBy === null ? '' : ` to ${finishedBy}`;
      const what = rows === 0 ? 'nothing of theirs was here' : `${count(rows)} ${rows === 1 ? 'entry' : 'entries'} given out`;
      return `${finishedAt === null ? '' : `${time(finishedAt)}: `}${what}${who}`;
    }
    const parts = TABLES.flatMap(([table, one, many]) => {
      const n = result[table] ?? 0;
      return n === 0 ? [] : [`${count(n)} ${n === 1 ? one : many}`];
    });
    if (state === 'open') return parts.length > 0 ? `So far: ${parts.join(', ')}` : 'Waiting';
    const when = finishedAt === null ? '' : `${time(finishedAt)}: `;
    if (kind === 'uninstalled') return `${when}nothing but privacy requests is taken from there any more`;
    return when + (parts.length > 0 ? parts.join(', ') : 'nothing of theirs was here; what comes later stays without a customer');
  };
}

export function RequestTable({ requests, mayAnswer }: { requests: PrivacyRequestView[]; mayAnswer: boolean }) {
  const { time, day } = useFormats();
  const done = useDone();
  const head = 'h-9 px-3 text-12 font-strong text-muted text-left';
  if (requests.length === 0) {
    return <Card><EmptyState title="No requests yet">Requests that Shopify and other platforms pass on appear here and are carried out by themselves. To erase somebody yourself, or to give somebody their data, open the customer.</EmptyState></Card>;
  }
  return (
    <Card flush title="Requests" note="Erasures are done at once. A request for somebody’s data waits for you, with the day it is due: make the file and hand it on.">
      <div className="relative overflow-x-auto">
        <table className="figures w-full text-14">
          <caption className="sr-only">Requests about people’s data, open ones first</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5`}>Asked</th>
              <th scope="col" className={`${head} max-sm:hidden`}>When</th>
              <th scope="col" className={`${head} max-sm:hidden`}>Due</th>
              <th scope="col" className={`${head} max-md:hidden`}>From</th>
              <th scope="col" className={`${head} pr-5`}>Done</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request) => (
              <tr key={request.id} className="border-t border-line align-top">
                <th scope="row" className="px-3 py-2.5 pl-5 text-left font-normal">
                  {privacyKindName(request.kind)}
                  {request.kind === 'data_request' && mayAnswer && (
                    <span className="my-1.5 block">
                      <a href={`/privacy/${request.id}/export`} download className={buttonClass(request.state === 'open' ? 'primary' : 'plain', true)}>
                        {request.state === 'open' ? 'Make the file' : 'Make it again'}<span className="sr-only"> of the data asked for {time(request.requestedAt)}</span>
                      </a>
                    </span>
                  )}
                  {request.customerId !== null && <Link to={`/customers/${request.customerId}`} className="block text-13 underline underline-offset-2">Open the customer</Link>}
                  <span className="block text-12 text-muted sm:hidden">{time(request.requestedAt)}</span>
                  {request.state === 'open' && request.dueAt !== null && <span className="block text-12 text-warning sm:hidden">Due {day(request.dueAt.slice(0, 10))}</span>}
                </th>
                <td className="px-3 py-2.5 whitespace-nowrap max-sm:hidden">{time(request.requestedAt)}</td>
                <td className="px-3 py-2.5 whitespace-nowrap max-sm:hidden">{request.dueAt === null ? '–' : <span className={request.state === 'open' ? 'text-warning' : 'text-muted'}>{day(request.dueAt.slice(0, 10))}</span>}</td>
                <td className="px-3 py-2.5 first-letter:uppercase max-md:hidden">{sourceName(request.source)}</td>
                <td className={`px-3 py-2.5 pr-5 ${request.error === null ? 'text-muted' : 'text-negative'}`}>{done(request)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
