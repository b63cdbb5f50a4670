/** Patterns: what customers buy or do one after another. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, useLoaderData, useSearchParams } from '@remix-run/react';
import { getPatterns, patternsInput } from '#operations/patterns';
import type { PatternsView } from '#operations/patterns';
import { listSegments } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { download, toCsv } from '../components/charts/csv.ts';
import { CheckField, SelectField } from '../components/forms/field.tsx';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Button } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { customersWords } from '../format/words.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Patterns · Perennial' }];

const GAPS = [7, 30, 90, 365] as const;

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url).searchParams;
  const gap = GAPS.find((days) => String(days) === asked.get('days')) ?? 90;
  const segment = asked.get('segment') ?? '';
  return answer(args, async () => {
    const [view, segments] = await Promise.all([
      getPatterns(ctx, patternsInput.parse({ of: asked.get('of') === 'events' ? 'events' : 'products', gapDays: gap, repeats: asked.has('repeats'), ...(segment !== '' && { segment }) })), listSegments(ctx),
    ]);
    return { view, segments: segments.map(({ id, name, members }) => ({ id, name, members })), withRepeats: asked.has('repeats') };
  });
}

export default function PatternsPage() {
  const { view, segments, withRepeats } = useLoaderData<typeof loader>();
  const { count, percent, decimal } = useFormats();
  const [parameters] = useSearchParams();
  const events = view.of === 'events';
  const { within } = view;
  const address = (of: 'products' | 'events'): string => {
    const next = new URLSearchParams(parameters);
    if (of === 'events') next.set('of', of);
    else next.delete('of');
    return next.size === 0 ? '/patterns' : `/patterns?${next.toString()}`;
  };
  return (
    <Page
      back={within === null ? { to: '/discover', label: 'Discover' } : { to: `/segments/${within.id}`, label: within.name }}
      title="Patterns"
      lead={`What ${within === null ? 'customers' : `members of ${within.name}`} ${events ? 'do' : 'buy'} one after another, more often than chance. ${customersWords(view.customers, count)} looked at.`}
      actions={<Segmented label="Of" options={[{ to: address('products'), label: 'Products', current: !events }, { to: address('events'), label: 'Events', current: events }]} />}
    >
      <Card
        flush
        title={view.patterns.length === 0 ? 'No pattern yet' : view.patterns.length === 1 ? 'One sequence makes its last step likelier' : `${count(view.patterns.length)} sequences that make their last step likelier`}
        note={`Each step follows within the time chosen. Went on: of those who did the steps before. Times likelier: than among all ${within === null ? 'customers' : 'members'}; 1 would be chance.`}
        actions={view.patterns.length > 0 && <Button small look="quiet" onClick={() => download(`patterns-${view.of}.csv`, new Blob([csvOf(view)], { type: 'text/csv' }))}>CSV</Button>}
      >
        <Form key={parameters.toString()} method="get" className="flex flex-col gap-3 px-5 pb-4">
          {events && <input type="hidden" name="of" value="events" />}
          <div className="flex flex-wrap items-end gap-3">
            <SelectField label="From step to step at most" name="days" defaultValue={view.gapDays}>{GAPS.map((days) => <option key={days} value={days}>{days} days</option>)}</SelectField>
            {segments.length > 0 && (
              <div className="min-w-0 max-w-full sm:max-w-72">
                <SelectField label="Among" name="segment" defaultValue={within?.id ?? ''}>
                  <option value="">All customers</option>
                  {segments.map(({ id, name, members }) => <option key={id} value={id}>{name} ({count(members)})</option>)}
                </SelectField>
              </div>
            )}
          </div>
          <CheckField
            label={events ? 'Also what ends with something done before' : 'Also what ends with a product bought before'} name="repeats" value="yes" defaultChecked={withRepeats}
            help={`${repeatWords(view.repeats, count)} Who ${events ? 'does something again' : 'buys a thing again'} tells how well it is liked, not what goes with it.`}
          />
          <div><Button type="submit">Show</Button></div>
        </Form>
        {view.patterns.length === 0 ? (
          <div className="border-t border-line px-5"><EmptyState title="Nothing follows anything more often than chance">{emptyWords(view)}</EmptyState></div>
        ) : (
          <div className="relative overflow-x-auto border-t border-line">
            <table className="figures w-full text-14">
              <caption className="sr-only">Frequent sequences</caption>
              <thead className="text-12 text-muted">
                <tr><th scope="col" className="h-9 pl-5">Sequence</th><th scope="col" className="h-9 px-3 text-right">Customers</th><th scope="col" className="h-9 px-3 text-right">Went on</th><th scope="col" className="h-9 pr-5 pl-3 text-right">Times likelier</th></tr>
              </thead>
              <tbody>
                {view.patterns.map((pattern) => (
                  <tr key={pattern.steps.map(({ id }) => id).join(' → ')} className="border-t border-line">
                    <th scope="row" className="py-2 pl-5 font-normal">{pattern.steps.map(({ name }) => name).join(' → ')}</th>
                    <td className="px-3 text-right whitespace-nowrap">{count(pattern.customers)} <span className="text-muted max-sm:hidden">({percent(pattern.support, 1, 1)})</span></td>
                    <td className="px-3 text-right">{percent(pattern.confidence)}</td>
                    <td className="pr-5 pl-3 text-right">{decimal(pattern.lift, 1, 1)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      {view.notes.length > 0 && <p className="text-13 text-muted">{view.notes.join('. ')}.</p>}
    </Page>
  );
}

function repeatWords(leftOut: number, count: (n: number) => string): string {
  if (leftOut === 0) return '';
  return leftOut === 1 ? 'One such sequence is left out.' : `${count(leftOut)} such sequences are left out.`;
}

function emptyWords({ of, repeats, within }: PatternsView): string {
  if (repeats > 0) return `Only what ends with something ${of === 'events' ? 'done' : 'bought'} before stands out: tick the box above to see it.`;
  if (within !== null) return 'A small segment shows few patterns: look among all customers, or give people more time from step to step.';
  return of === 'events' ? 'Patterns appear once events of named customers come in.' : 'Patterns appear once orders hold products and customers come back.';
}

function csvOf({ patterns }: PatternsView): string {
  return toCsv(['sequence', 'customers', 'support', 'confidence', 'lift'], patterns.map((one) => [one.steps.map(({ name }) => name).join(' > '), one.customers, Number(one.support.toFixed(6)), Number(one.confidence.toFixed(6)), Number(one.lift.toFixed(4))]));
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
