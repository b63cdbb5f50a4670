/** The events that came last, newest first. */
import { Link } from '@remix-run/react';
import { eventSubject } from '#core/commerce/event-lines';
import type { EventView } from '#operations/events';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { eventWords } from './event-words.ts';

export function LatestEvents({ events, sourceNames }: { events: EventView[]; sourceNames: Record<string, string> }) {
  const { time } = useFormats();
  const head = 'h-9 px-3 text-left text-12 font-strong text-muted';
  return (
    <Card flush title="Last events" note="Newest first; looked for again every 15 seconds">
      <div className="max-h-[32rem] overflow-auto rounded-b-card">
        <table className="w-full text-14">
          <caption className="sr-only">Last events, newest first</caption>
          <thead className="sticky top-0 bg-surface">
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5 max-sm:hidden`}>When</th>
              <th scope="col" className={`${head} max-sm:pl-5`}>What</th>
              <th scope="col" className={`${head} max-sm:pr-5`}>Who</th>
              <th scope="col" className={`${head} pr-5 max-sm:hidden`}>From</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => {
              const subject = eventSubject(event.properties);
              return (
                <tr key={event.id} className="h-10 border-t border-line">
                  <td className="figures py-2 pr-3 pl-5 whitespace-nowrap max-sm:hidden">{time(event.occurredAt)}</td>
                  <td className="px-3 py-2 max-sm:pl-5">
                    {eventWords(event.type)}
                    {subject !== null && <span className="block max-w-64 truncate text-12 text-muted" title={subject}>{subject}</span>}
                    <span className="figures block text-12 text-muted sm:hidden">{time(event.occurredAt)}</span>
                  </td>
                  <td className="px-3 py-2 max-sm:pr-5 sm:whitespace-nowrap">
                    {event.customerId === null
                      ? <span className="text-muted">Somebody</span>
                      : <Link to={`/customers/${event.customerId}`} className="text-accent hover:underline">{event.customerName ?? 'A customer'}</Link>}
                  </td>
                  <td className="px-3 py-2 pr-5 text-muted max-sm:hidden">{sourceNames[event.source] ?? event.source}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
