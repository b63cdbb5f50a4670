/** Records that could not be taken. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { listDeadLetters } from '#operations/dead-letters';
import { isAllowed } from '#operations/permissions';
import { replayLetters } from '#operations/replay';
import type { ReplayOutcome } from '#operations/replay';
import { requireContext } from '../context.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { LetterList } from '../components/quality/letter-list.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

const PAGE = 50;

export const meta: MetaFunction = () => [{ title: 'Refused records · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const { searchParams } = new URL(args.request.url);
  const state = searchParams.get('state') === 'resolved' ? 'resolved' as const : 'open' as const;
  return answer(args, async () => {
    const list = await listDeadLetters(ctx, { limit: PAGE, state, source: searchParams.get('source') ?? undefined, cursor: searchParams.get('cursor') ?? undefined });
    return { ...list, state, mayWrite: isAllowed(ctx.actor, 'dead_letters:write') };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'ids']);
  try {
    const asked = form.get('intent') === 'replay-all' ? { source: new URL(args.request.url).searchParams.get('source') } : { ids: form.getAll('ids').map(String) };
    return saved(outcomeWords(await replayLetters(ctx, asked)));
  } catch (error) {
    return refused(error);
  }
}

function outcomeWords({ replayed, failed, skipped, more }: ReplayOutcome): string {
  return [
    replayed === 1 ? '1 record was taken.' : `${replayed} records were taken.`,
    failed > 0 ? `${failed} ${failed === 1 ? 'was' : 'were'} refused again: open one to see why.` : '',
    skipped > 0 ? `${skipped} had been dealt with already.` : '', more ? 'There are more: replay again.' : '',
  ].filter(Boolean).join(' ');
}

export default function DeadLettersPage() {
  const { rows, nextCursor, open, state, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const [parameters] = useSearchParams();
  const source = parameters.get('source');
  const address = (change: Record<string, string | null>): string => {
    const next = new URLSearchParams(source === null ? {} : { source });
    for (const [name, value] of Object.entries(change)) if (value === null) next.delete(name); else next.set(name, value);
    return `/quality/dead-letters${next.size === 0 ? '' : `?${next.toString()}`}`;
  };
  const waiting = open.filter((one) => source === null || one.source === source).reduce((sum, one) => sum + one.count, 0);
  return (
    <Page
      title="Refused records"
      back={{ to: '/quality', label: 'Data quality' }}
      actions={<Segmented label="Which" options={[{ to: address({ state: null }), label: `Waiting (${waiting})`, current: state === 'open' }, { to: address({ state: 'resolved' }), label: 'Dealt with', current: state === 'resolved' }]} />}
    >
      <FormMessage result={result} />
      {source !== null && <p className="text-13 text-muted">Only from {source}. <Link to="/quality/dead-letters" className="underline">Show all</Link></p>}
      {rows.length === 0 ? (
        <Card>
          <EmptyState title={state === 'open' ? 'Everything that came in was taken' : 'Nothing was dealt with yet'} action={<ButtonLink to="/quality">Back to data quality</ButtonLink>}>
            {state === 'open' ? 'When a record cannot be read, it waits here with the reason, until you mend and replay it or set it aside.' : 'What you replay or set aside is listed here for 90 days.'}
          </EmptyState>
        </Card>
      ) : (
        <LetterList key={rows[0]?.id} rows={rows} open={waiting} mayWrite={mayWrite} />
      )}
      {nextCursor !== null && <div><ButtonLink to={address({ state: state === 'open' ? null : state, cursor: nextCursor })}>Older ones</ButtonLink></div>}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
