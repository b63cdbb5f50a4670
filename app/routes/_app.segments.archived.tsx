/** Segments that were archived, to be looked at or brought back. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { isAllowed } from '#operations/permissions';
import { listArchivedSegments } from '#operations/segment-archive';
import { listSegments, restoreSegment, segmentRestoreSchema } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { TextField } from '../components/forms/field.tsx';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { clusterWords } from '../components/segments/cluster-words.ts';
import { storedWords } from '../components/segments/segment-words.ts';
import { Button, ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Archived segments · Perennial' }];

const form = z.object({ id: z.uuid(), name: z.string().optional() });

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined;
  return answer(args, async () => {
    const [{ rows, nextCursor }, kept] = await Promise.all([listArchivedSegments(ctx, { cursor }), listSegments(ctx)]);
    return { rows, nextCursor, kept: kept.map(({ id, name }) => ({ id, name })), isFirst: cursor === undefined, mayWrite: isAllowed(ctx.actor, 'segments:write') };
  });
}

interface RestoreResult extends FormResult {
  /** Which one it is about. */
  id: string;
}

export async function action(args: ActionFunctionArgs): Promise<Response | RestoreResult> {
  const { ctx } = await requireContext(args);
  const sent = form.safeParse(Object.fromEntries(await readForm(args, ['id', 'name'])));
  if (!sent.success) return { ...refusedFields(sent.error), id: '' };
  const { id, name } = sent.data;
  try {
    const input = segmentRestoreSchema.safeParse({ name });
    if (!input.success) return { ...refusedFields(input.error), id };
    await restoreSegment(ctx, id, input.data);
    return redirect(`/segments/${id}?restored`);
  } catch (error) {
    return { ...refused(error), id };
  }
}

export default function ArchivedSegmentsPage() {
  const { rows, nextCursor, kept, isFirst, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<RestoreResult>();
  const formats = useFormats();
  const busy = useNavigation().formMethod === 'POST';
  const named = [...kept, ...rows];
  return (
    <Page title="Archived segments" back={{ to: '/segments', label: 'All segments' }} lead="Nobody is in them, and their history is kept. Brought back, a segment is live again under its address, and whoever matches by then is in.">
      {rows.length === 0 ? <Card><EmptyState title={isFirst ? 'No archived segments' : 'No more of them'} action={<ButtonLink to="/segments">All segments</ButtonLink>}>A segment that is archived on its page is found here.</EmptyState></Card> : (
        <Card flush>
          <ul className="flex flex-col">
            {rows.map((row) => {
              const about = result?.id === row.id ? result : undefined;
              const isTaken = about?.errors['name'] !== undefined;
              return (
                <li key={row.id} className="flex flex-col gap-3 border-t border-line px-5 py-4 first:border-t-0">
                  <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
                    <div className="min-w-0 grow basis-64">
                      <h2 className="text-14 font-strong wrap-anywhere"><Link to={`/segments/${row.id}`} className="underline-offset-2 hover:underline">{row.name}</Link></h2>
                      <p className="line-clamp-2 text-13 text-pretty text-muted">{row.nearest === null ? storedWords(row.filter, named, formats) : clusterWords(row.nearest, formats)}</p>
                      <p className="figures mt-1 text-12 text-muted">Archived on {formats.time(row.updatedAt)}{row.updatedBy === null ? '' : ` by ${row.updatedBy}`}</p>
                    </div>
                    {mayWrite && !isTaken && (
                      <Form method="post">
                        <input type="hidden" name="id" value={row.id} />
                        <Button small type="submit" aria-label={`Bring back ${row.name}`} aria-disabled={busy}>Bring it back</Button>
                      </Form>
                    )}
                  </div>
                  {about !== undefined && !isTaken && about.message !== null && <Notice tone="bad" role="alert">{about.message}</Notice>}
                  {about !== undefined && isTaken && (
                    <Form method="post" className="flex flex-wrap items-start gap-2">
                      <input type="hidden" name="id" value={row.id} />
                      <div className="min-w-48 grow"><TextField label="Bring it back as" name="name" defaultValue={row.name} maxLength={100} required autoFocus error={`${about.message ?? 'The name cannot be used'}. Choose another name`} /></div>
                      <Button className="sm:mt-6.5" type="submit" look="primary" aria-disabled={busy}>Bring it back</Button>
                    </Form>
                  )}
                </li>
              );
            })}
          </ul>
          {nextCursor !== null && <div className="border-t border-line p-3 text-center"><ButtonLink small look="quiet" to={`/segments/archived?cursor=${encodeURIComponent(nextCursor)}`}>Older ones</ButtonLink></div>}
        </Card>
      )}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
