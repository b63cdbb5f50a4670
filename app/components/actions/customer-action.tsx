/** What to do about one customer: the first action, why, what it may bring and how that came about; the others folded. */
import { Link } from '@remix-run/react';
import type { ActionView, CustomerActionsView } from '#operations/action-views';
import { CHANNEL_WORDS } from '#core/actions/words';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

export function CustomerAction({ actions: view }: { actions: CustomerActionsView }) {
  const { day } = useFormats();
  const [first, ...others] = view.actions;
  const all = <Link className="text-13 underline underline-offset-2" to="/actions">All actions</Link>;
  if (view.heldOut !== null) {
    return <Card title="No action" actions={all}><p className="text-14 text-pretty">Held out since {day(view.heldOut.since)}: nothing is suggested for this customer, so that it can be measured what acting brings.</p></Card>;
  }
  if (first === undefined) {
    return <Card title="Leave alone" note="Nothing to do just now" actions={all}><p className="text-14 text-pretty">{view.leaveAlone?.words}</p></Card>;
  }
  return (
    <Card title="What to do next" note={CHANNEL_WORDS[first.channel]} actions={all}>
      <p className="text-20 font-strong text-balance" data-testid="first-action">{first.name}</p>
      <p className="mt-1 text-14 text-pretty">{first.reason}</p>
      <p className="mt-1 text-13 text-pretty text-muted">{first.description}</p>
      {first.products.length > 0 && <p className="mt-2 text-13 text-pretty">Likely to take: <span className="font-strong">{first.products.map(({ name }) => name).join(', ')}</span></p>}
      <Gain action={first} />
      {others.length > 0 && (
        <details className="mt-3 border-t border-line pt-2">
          <summary className="cursor-pointer py-1 text-13 font-strong">{others.length === 1 ? '1 other thing' : `${String(others.length)} other things`} that would bring less</summary>
          <ul className="mt-1 flex flex-col gap-3">
            {others.map((action) => <li key={action.id}><p className="text-14 font-strong">{action.name}</p><p className="text-13 text-pretty text-muted">{action.reason}</p><Gain action={action} /></li>)}
          </ul>
        </details>
      )}
    </Card>
  );
}

function Gain({ action: { gain, steps, name } }: { action: ActionView }) {
  const { money } = useFormats();
  return (
    <details className="mt-2">
      <summary className="cursor-pointer py-1 text-14">Expected gain <span className="figures font-strong">{money(gain)}</span> <span className="text-13 text-muted underline underline-offset-2">how it came about</span><span className="sr-only">: {name}</span></summary>
      <dl className="mt-1 flex flex-col">
        {steps.map(({ label, value, detail }) => (
          <div key={label} className="border-t border-line py-2">
            <dt className="flex flex-wrap justify-between gap-x-4 text-13"><span>{label}</span><span className="figures font-strong">{value}</span></dt>
            <dd className="text-12 text-pretty text-muted">{detail}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
