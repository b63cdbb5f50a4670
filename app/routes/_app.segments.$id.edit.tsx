/** Changes what a segment says: who is in follows at once. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { AppError } from '#core/errors';
import { requirePermission } from '#operations/permissions';
import { changeSegment, getSegment, segmentChangeSchema } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { SegmentBuilder } from '../components/segments/segment-builder.tsx';
import { answer } from '../page-error.server.ts';
import { draftAddress, loadBuilder, readSegmentForm } from '../segments.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.calledNow ?? 'Segment'} · Perennial` }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    requirePermission(ctx, 'segments:write');
    const segment = await getSegment(ctx, args.params.id ?? '');
    if (segment.status === 'archived') throw new AppError('not_found', 'This segment is archived');
    const asked = new URL(args.request.url);
    const { id, name, description } = segment;
    return { ...(await loadBuilder(ctx, segment.filter, asked, id)), id, name: asked.searchParams.get('name') ?? name, description: asked.searchParams.get('description') ?? description, calledNow: name };
  });
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  return answer(args, async () => {
    const sent = await readSegmentForm(args, ctx, id);
    if (sent.intent === 'count') return redirect(draftAddress(new URL(args.request.url), sent));
    if (!sent.filter.ok) return { ok: false, message: null, errors: sent.filter.errors };
    const change = segmentChangeSchema.safeParse({ name: sent.name, description: sent.description, filter: sent.filter.filter });
    if (!change.success) return refusedFields(change.error);
    try {
      await changeSegment(ctx, id, change.data);
      return redirect(`/segments/${id}`);
    } catch (error) {
      return refused(error);
    }
  });
}

export default function EditSegmentPage() {
  const { id, calledNow, ...builder } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  return (
    <Page wide title={`Change ${calledNow}`} back={{ to: `/segments/${id}`, label: calledNow }}>
      <SegmentBuilder key={id} {...builder} result={result} save="Save changes" cancelTo={`/segments/${id}`} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
