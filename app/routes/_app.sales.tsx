/** Same sale, two platforms: what counts once, what might be one sale, and a person's word on both. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useFetcher, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { sourceName } from '#core/commerce/source-name';
import { listPairings, pairTransactions, separateTransaction, suggestPairings } from '#operations/pairings';
import { isAllowed } from '#operations/permissions';
import type { SaleRecordView } from '#operations/sale-views';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, saved, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Button, ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Same sale, two platforms · Perennial' }];

const form = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('pair'), first: z.uuid(), second: z.uuid() }),
  z.object({ intent: z.literal('separate'), id: z.uuid() }),
]);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined;
  return answer(args, async () => {
    const [pairings, suggestions] = await Promise.all([listPairings(ctx, { cursor }), cursor === undefined ? suggestPairings(ctx) : { rows: [] }]);
    return { pairings, suggestions: suggestions.rows, mayChange: isAllowed(ctx.actor, 'records:write') };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['intent', 'first', 'second', 'id'])));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    if (parsed.data.intent === 'pair') await pairTransactions(ctx, [parsed.data.first, parsed.data.second]);
    else await separateTransaction(ctx, parsed.data.id);
    return saved('Counted so from now on.');
  } catch (error) {
    return refused(error);
  }
}

export default function SalesPage() {
  const { pairings, suggestions, mayChange } = useLoaderData<typeof loader>();
  const { rows, nextCursor } = pairings;
  return (
    <Page back={{ to: '/quality', label: 'Data quality' }} title="Same sale, two platforms" lead="A sale that several platforms tell of counts once. We know it by its payment; where we cannot know, you can say.">
      {suggestions.length > 0 && (
        <Card flush title={suggestions.length === 1 ? 'These two look like one sale' : 'These look like one sale each, and count as two'} note="The same customer or e-mail address, the same total, minutes apart, from different platforms.">
          <ul>{suggestions.map(([left, right]) => <Suggestion key={`${left.id} ${right.id}`} left={left} right={right} mayChange={mayChange} />)}</ul>
        </Card>
      )}
      <Card flush title="Counted once" note="The first record of each sale stands for it: its customer, its amount, its refunds.">
        {rows.length === 0
          ? <EmptyState title="No sale with more than one record" action={<ButtonLink to="/integrations">Connect a platform</ButtonLink>}>When a shop and the platform that takes its payments are both connected, their records of one sale meet here.</EmptyState>
          : <ul>{rows.map(({ saleId, records }) => <li key={saleId} className="border-t border-line px-5 py-3"><Records records={records} mayChange={mayChange} /></li>)}</ul>}
        {nextCursor !== null && <div className="border-t border-line p-3 text-center"><ButtonLink small look="quiet" to={`/sales?cursor=${encodeURIComponent(nextCursor)}`}>Show older ones</ButtonLink></div>}
      </Card>
    </Page>
  );
}

function RecordLine({ record }: { record: SaleRecordView }) {
  const { money, time } = useFormats();
  const { customer } = record;
  return (
    <div className="min-w-0 grow">
      <span className="inline-block font-strong first-letter:uppercase">{sourceName(record.source)}</span> <span className="break-all">{record.label ?? record.externalId}</span>
      <span className="block text-13 text-muted figures">
        {money(record.total, 'exact', record.currency)} · {time(record.occurredAt)} · {record.status}
        {customer !== null && <> · <Link to={`/customers/${customer.id}`} className="underline underline-offset-2 hover:text-ink">{customer.name ?? customer.email ?? 'customer'}</Link></>}
      </span>
    </div>
  );
}

function Records({ records, mayChange }: { records: SaleRecordView[]; mayChange: boolean }) {
  return <ul className="flex flex-col gap-2">{records.map((record) => <OneRecord key={record.id} record={record} mayChange={mayChange} />)}</ul>;
}

function OneRecord({ record, mayChange }: { record: SaleRecordView; mayChange: boolean }) {
  const fetcher = useFetcher<FormResult>();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <RecordLine record={record} />
      <span className="text-13 text-muted">{record.ofRecord ? 'stands for the sale' : 'told as well'}</span>
      {mayChange && !record.ofRecord && (
        <fetcher.Form method="post">
          <input type="hidden" name="id" value={record.id} />
          <Button small type="submit" name="intent" value="separate" aria-disabled={fetcher.state !== 'idle'}>A sale of its own</Button>
        </fetcher.Form>
      )}
      <Refusal result={fetcher.data} />
    </li>
  );
}

function Suggestion({ left, right, mayChange }: { left: SaleRecordView; right: SaleRecordView; mayChange: boolean }) {
  const fetcher = useFetcher<FormResult>();
  const busy = fetcher.state !== 'idle';
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 border-t border-line px-5 py-3">
      <div className="grid min-w-0 grow gap-3 md:grid-cols-2"><RecordLine record={left} /><RecordLine record={right} /></div>
      {mayChange && (
        <fetcher.Form method="post" className="flex flex-wrap gap-2">
          <input type="hidden" name="first" value={left.id} />
          <input type="hidden" name="second" value={right.id} />
          <input type="hidden" name="id" value={right.id} />
          <Button small look="primary" type="submit" name="intent" value="pair" aria-disabled={busy}>Same sale</Button>
          <Button small type="submit" name="intent" value="separate" aria-disabled={busy}>Two sales</Button>
        </fetcher.Form>
      )}
      <Refusal result={fetcher.data} />
    </li>
  );
}

function Refusal({ result }: { result: FormResult | undefined }) {
  return result === undefined || result.ok ? null : <p role="status" className="basis-full text-13 text-negative">{result.message}</p>;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
