/** Events: what customers do besides buying, and the sites that tell. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { changeEventSource, createEventSource, listEventSources, removeEventSource } from '#operations/event-sources';
import { getEventsOverview } from '#operations/events';
import { isAllowed } from '#operations/permissions';
import { requireContext } from '../context.server.ts';
import { EventChart } from '../components/events/event-chart.tsx';
import { EventTypes } from '../components/events/event-types.tsx';
import { LatestEvents } from '../components/events/latest-events.tsx';
import { SourceCard } from '../components/events/source-card.tsx';
import { SourceForm } from '../components/events/source-form.tsx';
import { useRevalidateEvery } from '../components/events/use-revalidate-every.ts';
import { refused, refusedFields, saved, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Events · Perennial' }];

const RANGES = [7, 30, 90] as const;
const view = z.object({ days: z.coerce.number().pipe(z.union(RANGES.map((days) => z.literal(days)))).catch(30), type: z.string().min(1).max(64).nullable().catch(null) });

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const url = new URL(args.request.url);
  const chosen = view.parse({ days: url.searchParams.get('days'), type: url.searchParams.get('type') });
  const [overview, sources] = await answer(args, () => Promise.all([getEventsOverview(ctx, chosen), listEventSources(ctx)]));
  const sourceNames: Record<string, string> = { api: 'API', csv: 'File', shopify: 'Shopify', ...Object.fromEntries(sources.map(({ id, name }) => [`site:${id}`, name])) };
  return { ...chosen, overview, sources, sourceNames, origin: url.origin, canManage: isAllowed(ctx.actor, 'events:manage') };
}

const origins = z.string().transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''));
const id = z.string();
const form = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('create'), name: z.string().trim().min(1, 'Give it a name').max(80, 'Use at most 80 characters'), origins }),
  z.object({ intent: z.literal('save'), id, origins }),
  z.object({ intent: z.enum(['on', 'off', 'remove']), id }),
]);

type Result = FormResult & { sourceId?: string };

export async function action(args: ActionFunctionArgs): Promise<Result> {
  const { ctx } = await requireContext(args);
  const given = Object.fromEntries(await readForm(args, ['intent', 'id', 'name', 'origins']));
  const parsed = form.safeParse(given);
  if (!parsed.success) return refusedFields(parsed.error);
  const { data } = parsed;
  const sourceId = data.intent === 'create' ? undefined : data.id;
  try {
    switch (data.intent) {
      case 'create': {
        const made = await createEventSource(ctx, { name: data.name, allowedOrigins: data.origins });
        return { ...saved(`${made.name} may send events now. Paste the lines below into its pages.`), sourceId: made.id };
      }
      case 'save':
        await changeEventSource(ctx, data.id, { allowedOrigins: data.origins });
        return { ...saved('Saved. It takes effect within a minute.'), sourceId };
      case 'on':
      case 'off':
        await changeEventSource(ctx, data.id, { enabled: data.intent === 'on' });
        return { ...saved(data.intent === 'on' ? 'Switched on within a minute.' : 'Switched off within a minute.'), sourceId };
      case 'remove':
        await removeEventSource(ctx, data.id);
        return saved('Removed.');
    }
  } catch (error) {
    return { ...refused(error), sourceId };
  }
}

export default function EventsPage() {
  const { days, type, overview, sources, sourceNames, origin, canManage } = useLoaderData<typeof loader>();
  const result = useActionData<Result>();
  const busy = useNavigation().formMethod === 'POST';
  useRevalidateEvery(15_000);
  const linkTo = (to: { days?: number; type?: string | null }): string => {
    const chosen = to.type === undefined ? type : to.type;
    return `/events?days=${String(to.days ?? days)}${chosen === null ? '' : `&type=${encodeURIComponent(chosen)}`}`;
  };
  const empty = overview.types.length === 0 && overview.latest.length === 0;
  return (
    <Page
      title="Events"
      lead="What customers do besides buying: pages they view, e-mails they open, carts they fill."
      actions={empty ? undefined : <Segmented label="Time" options={RANGES.map((range) => ({ to: linkTo({ days: range }), label: `${String(range)} days`, current: range === days }))} />}
    >
      {empty ? (
        <Card>
          <EmptyState title={sources.length === 0 ? 'No events yet' : 'Waiting for the first event'} learn={<a href="/api/docs" className="text-accent hover:underline">Send events from a server instead</a>}>
            {sources.length === 0
              ? 'Add your shop below and paste two lines into its pages. Events appear here, and on the customer’s own page as soon as we know whose they are.'
              : 'Paste the lines below into your shop’s pages and open one of them. It appears here within seconds.'}
          </EmptyState>
        </Card>
      ) : (
        <>
          <EventChart overview={overview} type={type} />
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <EventTypes types={overview.types} chosen={type} linkTo={(chosen) => linkTo({ type: chosen })} />
            <LatestEvents events={overview.latest} sourceNames={sourceNames} />
          </div>
        </>
      )}
      <h2 className="mt-2 text-16 font-strong">Sites that send events</h2>
      {sources.map((source) => <SourceCard key={source.id} source={source} origin={origin} canManage={canManage} result={result} busy={busy} />)}
      {canManage ? <SourceForm key={sources.length} result={result?.sourceId === undefined ? result : undefined} busy={busy} first={sources.length === 0} />
        : sources.length === 0 && <p className="text-muted">A manager of your company can add one.</p>}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
