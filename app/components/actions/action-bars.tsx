/** How many people each action is for, and what they may bring together; whoever is left alone, and why. */
import { Link } from '@remix-run/react';
import type { ActionsView } from '#operations/action-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';
import { customersIn, responseSource } from './words.ts';

interface ActionBarsProps {
  actions: ActionsView;
  title: string;
  /** Only its members are meant. */
  segment?: string | undefined;
  /** The one whose customers the page lists. */
  chosen?: string | null;
}

export function ActionBars({ actions: view, title, segment, chosen = null }: ActionBarsProps) {
  const formats = useFormats();
  const { count, money } = formats;
  const most = Math.max(1, ...view.actions.map(({ customers }) => customers));
  return (
    <Card title={title} note={view.actions.length === 0 ? undefined : `${customersIn(view.withAction, count)}, ${money(view.gain)} expected gain on average. Each stands under the action that may bring most.`}>
      {view.actions.length === 0 && <p className="text-14 text-muted">{view.customers === 0 ? 'There is nobody here yet.' : 'Nobody needs anything just now.'}</p>}
      <ul className="flex flex-col">
        {view.actions.map((one) => (
          <li key={one.id} className="border-t border-line first:border-t-0">
            <Link to={`/actions?${new URLSearchParams({ action: one.id, ...(segment !== undefined && { segment }) }).toString()}`} aria-current={chosen === one.id ? 'true' : undefined} preventScrollReset
              className="-mx-2 block rounded-control px-2 py-2.5 transition-colors hover:bg-sunken aria-[current=true]:bg-sunken">
              <span className="flex flex-wrap items-baseline justify-between gap-x-4"><span className="font-strong">{one.name}</span><span className="figures">{customersIn(one.customers, count)} · {money(one.gain)}</span></span>
              <Bar share={one.customers / most} className="mt-1.5 h-1.5" />
              <span className="mt-1 block text-13 text-pretty text-muted">{one.description} {responseSource(one, formats)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {view.heldOut > 0 && <p className="mt-3 text-13 text-muted">{customersIn(view.heldOut, count)} held out: no action, so that it can be measured what acting brings.</p>}
      {view.leaveAlone.length > 0 && (
        <details className="mt-3 border-t border-line pt-2">
          <summary className="cursor-pointer py-1 text-13 font-strong">{customersIn(view.leaveAlone.reduce((sum, one) => sum + one.customers, 0), count)} left alone, and why</summary>
          <ul className="mt-1 flex flex-col gap-1.5 text-13">
            {view.leaveAlone.map(({ reason, words, customers }) => <li key={reason} className="flex justify-between gap-4"><span className="text-pretty">{words}</span><span className="figures shrink-0">{count(customers)}</span></li>)}
          </ul>
        </details>
      )}
    </Card>
  );
}
