/** What the figures rest on: how far the forecast held, and what could not be counted. */
import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import type { Dashboard } from '#operations/dashboard-views';
import type { ModelStatus } from '#operations/model-views';
import { useFormats } from '../../format/use-formats.tsx';
import { totalWords } from '../models/total-words.ts';
import { Card } from '../ui/card.tsx';

/** @param expected what all customers together are expected to bring over the horizon, minor units */
export function TrustNotes({ model, coverage, expected }: { model: ModelStatus; coverage: Dashboard['coverage']; expected: number }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <ModelNote model={model} expected={expected} />
      <CoverageNote coverage={coverage} />
    </div>
  );
}

function Points({ children }: { children: ReactNode[] }) {
  return <ul className="flex flex-col gap-1.5 text-14">{children.map((child, index) => <li key={index} className="flex gap-2"><span aria-hidden className="text-muted">–</span><span>{child}</span></li>)}</ul>;
}

function ModelNote({ model, expected }: { model: ModelStatus; expected: number }) {
  const formats = useFormats();
  const { count, day, time, percent, money, decimal } = formats;
  const { holdout, lastFailure, historical } = model;
  const points: ReactNode[] = [];
  if (holdout) {
    const weeks = Math.max(1, Math.round((Date.parse(holdout.to) - Date.parse(holdout.from)) / 604_800_000));
    const off = holdout.actualOrders === 0 ? null : (holdout.expectedOrders - holdout.actualOrders) / holdout.actualOrders;
    points.push(
      `Forecast checked against the last ${weeks} weeks (${day(holdout.from)} to ${day(holdout.to)}): predicted ${count(holdout.expectedOrders)} repeat orders, ${count(holdout.actualOrders)} happened${off === null || Math.abs(off) < 0.005 ? '' : `, ${percent(Math.abs(off))} too ${off > 0 ? 'many' : 'few'}`}.`,
    );
  }
  const total = totalWords(model.total, expected, formats);
  if (total !== null) points.push(total);
  points.push(...model.notes);
  if (historical && historical.lifetimeNet > 0) {
    points.push(`Without any model, a customer brings ${money(historical.lifetimeNet)} in all: ${money(historical.averageOrderNet)} an order × ${decimal(historical.ordersPerYear)} orders a year × ${decimal(historical.lifespanYears)} ${decimal(historical.lifespanYears) === '1' ? 'year' : 'years'} until they leave (${money(historical.lifetimeGross)} before refunds).`);
  }
  if (lastFailure) points.push(`The last refit, ${time(lastFailure.at)}, did not succeed; the model before it still serves. ${lastFailure.error}`);
  if (points.length === 0) points.push('No model yet: it is fitted once the first orders are in.');
  return (
    <Card title="How far to trust the forecast" note={model.asOf === null ? undefined : `Learned from orders up to ${day(model.asOf)}`}>
      <Points>{points}</Points>
    </Card>
  );
}

function CoverageNote({ coverage }: { coverage: Dashboard['coverage'] }) {
  const { count, percent } = useFormats();
  const { orders, unattributedOrders, uncountedOrders, parkedRefunds, openDeadLetters } = coverage;
  const plural = (value: number, one: string, many: string) => `${count(value)} ${value === 1 ? one : many}`;
  const points: ReactNode[] = [];
  if (unattributedOrders > 0) {
    points.push(`${plural(unattributedOrders, 'order', 'orders')} (${percent(unattributedOrders / Math.max(1, orders), 1)}) came without a customer: in the revenue, in no customer's value.`);
  }
  if (uncountedOrders > 0) points.push(<>{plural(uncountedOrders, 'order', 'orders')} in another currency {uncountedOrders === 1 ? 'waits' : 'wait'} for an <Link to="/settings" className="underline underline-offset-2">exchange rate</Link>: kept, not yet counted.</>);
  if (parkedRefunds > 0) points.push(`${plural(parkedRefunds, 'refund waits', 'refunds wait')} for the order to arrive: kept, not yet counted.`);
  if (openDeadLetters > 0) points.push(<>{plural(openDeadLetters, 'record', 'records')} could not be read and {openDeadLetters === 1 ? 'waits' : 'wait'} among the <Link to="/quality/dead-letters" className="underline underline-offset-2">refused records</Link>.</>);
  points.push(<>A sale that several platforms tell of counts once: <Link to="/sales" className="underline underline-offset-2">see which</Link>.</>);
  if (points.length === 1) points.unshift('Every order of the last year is counted and belongs to a customer.');
  return (
    <Card title="What the figures leave out" note={`Of ${plural(orders, 'order', 'orders')} in the last 365 days`}>
      <Points>{points}</Points>
    </Card>
  );
}
