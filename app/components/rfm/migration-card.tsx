/** Who moved between the groups from one day to another: a flow chart, the same as a table, and both days to choose. */
import { Form } from '@remix-run/react';
import { useId, useState } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { RfmMigrationView } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { download, toCsv } from '../charts/csv.ts';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FlowChart, standingName, turnOf, type Standing, type Turn } from './flow-chart.tsx';

interface Move {
  from: Standing;
  to: Standing;
  customers: number;
  value: number;
}

export function MigrationCard({ migration, errors, measure }: { migration: RfmMigrationView; errors: Record<string, string>; measure: string | null }) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const { count, percent, day } = useFormats();
  const moves = migration.moves.map((move): Move => ({ ...move, from: move.from ?? 'none' }));
  const known = moves.filter(({ from }) => from !== 'none');
  const of = (turn: Turn): number => moves.filter(({ from, to }) => turnOf(from, to) === turn).reduce((sum, { customers }) => sum + customers, 0);
  const all = known.reduce((sum, { customers }) => sum + customers, 0);
  const title = all === 0 ? 'How customers moved between the groups' : `${percent(of('down') / all)} of customers slipped to a lesser group, ${percent(of('up') / all)} rose to a better one`;
  const summary = `From ${day(migration.from)} to ${day(migration.to)}: ${count(of('up'))} customers moved to a better group, ${count(of('down'))} to a lesser one, ${count(of('same'))} stayed, ${count(of('new'))} bought for the first time.`;
  return (
    <Card
      title={title}
      note={`From the end of ${day(migration.from)} to the end of ${day(migration.to)}. Both days are judged by today’s thresholds, so every move is the customer’s own.`}
      actions={moves.length > 0 && (
        <div className="-mt-1 -mr-2 flex shrink-0">
          <Button small look="quiet" aria-pressed={asTable} aria-controls={id} onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'}</Button>
          <Button small look="quiet" onClick={() => download('rfm-migration.csv', new Blob([csv(moves, migration)], { type: 'text/csv' }))}>CSV</Button>
        </div>
      )}
    >
      <Form method="get" preventScrollReset className="mb-4 flex flex-wrap items-start gap-3">
        {measure !== null && <input type="hidden" name="measure" value={measure} />}
        <TextField label="From" type="date" name="from" defaultValue={migration.from} min={migration.firstDay ?? undefined} max={migration.asOf} error={errors.from} className="w-40" />
        <TextField label="To" type="date" name="to" defaultValue={migration.to} min={migration.firstDay ?? undefined} max={migration.asOf} error={errors.to} className="w-40" />
        <div className="sm:pt-[26px]"><Button type="submit">Compare</Button></div>
      </Form>
      <div id={id}>
        {moves.length === 0 ? <p className="py-4 text-muted">Nobody had bought by the later day, or the scores have not been made yet.</p>
          : asTable ? <MoveTable moves={moves} /> : <FlowChart moves={moves} summary={summary} />}
      </div>
    </Card>
  );
}

function MoveTable({ moves }: { moves: readonly Move[] }) {
  const { count, money } = useFormats();
  return (
    <div className="max-h-[28rem] overflow-auto">
      <table className="figures w-full text-13">
        <caption className="sr-only">Customers by the group they were in and the group they are in</caption>
        <thead className="sticky top-0 bg-surface text-muted">
          <tr><th scope="col" className="h-8 pr-3">Was</th><th scope="col" className="h-8 pr-3">Is</th><th scope="col" className="h-8 pl-3 text-right">Customers</th><th scope="col" className="h-8 pl-3 text-right">Net so far</th></tr>
        </thead>
        <tbody>
          {moves.map((move) => (
            <tr key={`${move.from} ${move.to}`} className="border-t border-line">
              <td className="h-8 pr-3">{standingName(move.from)}</td>
              <td className="h-8 pr-3">{standingName(move.to)} <span className="text-muted">{ARROW[turnOf(move.from, move.to)]}</span></td>
              <td className="h-8 pl-3 text-right">{count(move.customers)}</td>
              <td className="h-8 pl-3 text-right whitespace-nowrap">{money(move.value, 'compact')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ARROW: Record<Turn, string> = { up: '↑', down: '↓', same: '=', new: 'new' };

function csv(moves: readonly Move[], { from, to, currency }: RfmMigrationView): string {
  return toCsv(['from_day', 'to_day', 'was', 'is', 'customers', `net_so_far_${currency}`], moves.map((move) => [from, to, move.from, move.to, move.customers, move.value / 10 ** minorDigits(currency)]));
}
