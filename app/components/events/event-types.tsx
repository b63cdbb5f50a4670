/** Which events came, how many, and from how many people. */
import { Link } from '@remix-run/react';
import type { EventsOverview } from '#operations/events';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { eventWords } from './event-words.ts';

export function EventTypes({ types, chosen, linkTo }: { types: EventsOverview['types']; chosen: string | null; linkTo: (type: string | null) => string }) {
  const { count, money } = useFormats();
  const hasValue = types.some(({ value }) => value !== 0);
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  return (
    <Card flush title="What they did" note="Choose one to see only that" actions={chosen === null ? undefined : <Link to={linkTo(null)} replace preventScrollReset className="text-13 font-strong text-accent hover:underline">Show all</Link>}>
      <div className="max-h-96 overflow-auto rounded-b-card">
        <table className="figures w-full text-14">
          <caption className="sr-only">Types of events, the most frequent first</caption>
          <thead className="sticky top-0 bg-surface">
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5 text-left`}>Event</th>
              <th scope="col" className={`${head} text-right`}>Times</th>
              <th scope="col" className={`${head} text-right`}>Customers</th>
              <th scope="col" className={`${head} text-right ${hasValue ? 'max-sm:hidden' : 'pr-5'}`}>Sessions</th>
              {hasValue && <th scope="col" className={`${head} pr-5 text-right`}>Value</th>}
            </tr>
          </thead>
          <tbody>
            {types.map(({ type, events, customers, sessions, value }) => (
              <tr key={type} className={`h-10 border-t border-line ${type === chosen ? 'bg-accent-soft' : ''}`}>
                <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal">
                  <Link to={linkTo(type)} replace preventScrollReset aria-current={type === chosen ? 'true' : undefined} className="block hover:underline">
                    {eventWords(type)} <span className="font-mono text-12 text-muted max-sm:hidden">{type}</span>
                  </Link>
                </th>
                <td className="px-3 text-right">{count(events)}</td>
                <td className="px-3 text-right">{count(customers)}</td>
                <td className={`px-3 text-right ${hasValue ? 'max-sm:hidden' : 'pr-5'}`}>{count(sessions)}</td>
                {hasValue && <td className="px-3 pr-5 text-right">{value === 0 ? '–' : money(value)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
