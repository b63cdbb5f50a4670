/** The customers of one action, those it may bring most first. */
import { Link } from '@remix-run/react';
import { ACTION_NAMES, CHANNEL_WORDS } from '#core/actions/words';
import type { ActionCustomersView } from '#operations/action-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customerName } from '../customers/customer-name.ts';
import { buttonClass } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function ActionCustomers({ list, segment }: { list: ActionCustomersView; segment: { id: string; name: string } | null }) {
  const { money } = useFormats();
  const address = (more: Record<string, string> = {}): string => new URLSearchParams({ ...(list.action !== null && { action: list.action }), ...(segment !== null && { segment: segment.id }), ...more }).toString();
  const head = 'h-9 px-3 text-12 font-strong text-muted whitespace-nowrap';
  return (
    <Card
      flush title={list.action === null ? 'Whom it may bring most with' : ACTION_NAMES[list.action].name} note={segment === null ? 'Of all customers, those it may bring most first' : `Members of ${segment.name}, those it may bring most first`}
      actions={<Link to={`/actions.csv?${address()}`} reloadDocument className={buttonClass('plain', true)}>Download as CSV</Link>}
    >
      {list.rows.length === 0 ? <p className="border-t border-line px-5 py-6 text-muted">Nobody.</p> : (
        <div className="relative overflow-x-auto border-t border-line">
          <table className="w-full text-14">
            <caption className="sr-only">Customers with an action</caption>
            <thead>
              <tr>
                <th scope="col" className={`${head} pl-5 text-left`}>Customer</th>
                <th scope="col" className={`${head} text-left max-md:hidden`}>Why</th>
                <th scope="col" className={`${head} text-left max-lg:hidden`}>How</th>
                <th scope="col" className={`${head} pr-5 text-right`}>Expected gain</th>
              </tr>
            </thead>
            <tbody>
              {list.rows.map((row) => (
                <tr key={row.id} className="relative border-t border-line hover:bg-sunken">
                  <th scope="row" className="min-w-0 py-2 pr-3 pl-5 text-left font-normal">
                    <Link to={`/customers/${row.id}`} className="font-strong after:absolute after:inset-0">{customerName(row)}</Link>
                    {list.action === null && <span className="block text-12 text-muted">{ACTION_NAMES[row.action].name}</span>}
                    <span className="block text-12 text-pretty text-muted md:hidden">{row.reason}</span>
                  </th>
                  <td className="px-3 py-2 text-13 text-pretty max-md:hidden">{row.reason}</td>
                  <td className="px-3 py-2 text-13 whitespace-nowrap max-lg:hidden">{CHANNEL_WORDS[row.channel]}</td>
                  <td className="figures py-2 pr-5 pl-3 text-right whitespace-nowrap">{money(row.gain)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.nextCursor !== null && <p className="border-t border-line px-5 py-3"><Link to={`/actions?${address({ cursor: list.nextCursor })}`} preventScrollReset className={buttonClass('plain', true)}>Further customers</Link></p>}
    </Card>
  );
}
