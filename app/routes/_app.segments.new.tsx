/** A new segment: from nothing, from a template, or from a filter in the address. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { filter as filterSchema } from '#core/segments/filter';
import { TEMPLATES } from '#core/segments/templates';
import { isAllowed } from '#operations/permissions';
import { createSegment, newSegmentSchema } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { SegmentBuilder } from '../components/segments/segment-builder.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { answer } from '../page-error.server.ts';
import { aboutOf, draftAddress, loadBuilder, readSegmentForm } from '../segments.server.ts';

export const meta: MetaFunction = () => [{ title: 'New segment · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url);
  const { searchParams: parameters } = asked;
  const template = TEMPLATES.find(({ id }) => id === parameters.get('template'));
  const given = filterSchema.safeParse(template?.filter ?? null);
  return answer(args, async () => ({
    ...(await loadBuilder(ctx, given.success ? given.data : null, asked)),
    template: template?.id ?? null,
    about: aboutOf({ name: template?.name ?? '', description: template?.description ?? '', folder: null, tags: [] }, asked),
    mayWrite: isAllowed(ctx.actor, 'segments:write'),
  }));
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url);
  const template = asked.searchParams.get('template');
  return answer(args, async () => {
    const sent = await readSegmentForm(args, ctx);
    if (sent.intent === 'count') return redirect(draftAddress(asked, sent));
    if (!sent.filter.ok) return { ok: false, message: null, errors: sent.filter.errors };
    const input = newSegmentSchema.safeParse({
      ...sent.fields, filter: sent.filter.filter, origin: TEMPLATES.some(({ id }) => id === template) ? `template:${template ?? ''}` : 'made',
    });
    if (!input.success) return refusedFields(input.error);
    try {
      const { id } = await createSegment(ctx, input.data);
      return redirect(`/segments/${id}`);
    } catch (error) {
      return refused(error);
    }
  });
}

export default function NewSegmentPage() {
  const { template, mayWrite, ...builder } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  return (
    <Page wide title="New segment" back={{ to: '/segments', label: 'All segments' }}>
      {!mayWrite && <Notice>Your role may try conditions and count here. Analysts and above keep segments.</Notice>}
      <SegmentBuilder key={template ?? ''} {...builder} result={result} save={mayWrite ? 'Save segment' : null} cancelTo="/segments" />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
