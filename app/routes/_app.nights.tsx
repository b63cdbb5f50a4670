/** Nights: what was recounted, learned and verified while the shop slept, and how it went. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useFetcher, useLoaderData, useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';
import { z } from 'zod';
import { isAllowed } from '#operations/permissions';
import { listRuns, restartRun, startNightNow } from '#operations/runs';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, saved, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { RunList } from '../components/nights/run-list.tsx';
import { Button } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Nights · Perennial' }];

const form = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('now') }),
  z.object({ intent: z.literal('restart'), id: z.uuid() }),
]);
const POLL_MS = 2_000;

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { runs: await answer(args, () => listRuns(ctx, 'night')), mayRestart: isAllowed(ctx.actor, 'runs:write') };
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['intent', 'id'])));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    if (parsed.data.intent === 'restart') await restartRun(ctx, parsed.data.id);
    else await startNightNow(ctx);
    return saved('Started.');
  } catch (error) {
    return refused(error);
  }
}

export default function NightsPage() {
  const { runs, mayRestart } = useLoaderData<typeof loader>();
  const { revalidate } = useRevalidator();
  const working = runs.some((run) => run.state === 'running');
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(revalidate, POLL_MS);
    return () => clearInterval(timer);
  }, [working, revalidate]);
  const start = mayRestart && !working ? <StartNow /> : undefined;
  return (
    <Page back={{ to: '/settings', label: 'Settings' }} title="Nights" lead="At midnight in your time zone we learn from your orders anew, value every customer for the new day, and recount every figure from the raw orders. Until a night is done, the figures of the day before serve." actions={runs.length > 0 ? start : undefined}>
      {runs.length === 0
        ? <Card><EmptyState title="No night yet" action={start}>The first one comes at midnight. Nothing waits for it: orders count as they arrive.</EmptyState></Card>
        : <RunList runs={runs} mayRestart={mayRestart} />}
    </Page>
  );
}

function StartNow() {
  const fetcher = useFetcher<FormResult>();
  return (
    <fetcher.Form method="post" className="flex flex-wrap items-center gap-3">
      {fetcher.data?.ok === false && <span role="status" className="text-13 text-muted">{fetcher.data.message}</span>}
      <Button small type="submit" name="intent" value="now" aria-disabled={fetcher.state !== 'idle'}>Run one now</Button>
    </fetcher.Form>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
