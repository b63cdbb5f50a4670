/** Changes what a segment says: who is in follows at once. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData } from '@remix-run/react';
import { AppError } from '#core/errors';
import { clusterRule, type ClusterRule } from '#operations/cluster-rule';
import { requirePermission } from '#operations/permissions';
import { changeSegment, getSegment, listSegments, segmentChangeSchema } from '#operations/segments';
import type { SegmentView } from '#operations/segment-views';
import { requireContext } from '../context.server.ts';
import { fidelityWords } from '../components/discover/words.ts';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ClusterEditor } from '../components/segments/cluster-editor.tsx';
import { SegmentBuilder } from '../components/segments/segment-builder.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { customersWords } from '../format/words.ts';
import { answer } from '../page-error.server.ts';
import { aboutOf, draftAddress, knownFiling, loadBuilder, readSegmentForm } from '../segments.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.calledNow ?? 'Segment'} · Perennial` }];

type Context = Parameters<typeof clusterRule>[0];

/** A segment of kind cluster asks for its rule by this. */
const isAsRule = (asked: URL): boolean => asked.searchParams.get('as') === 'rule';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    requirePermission(ctx, 'segments:write');
    const segment = await getSegment(ctx, args.params.id ?? '');
    if (segment.status === 'archived') throw new AppError('not_found', 'This segment is archived');
    const asked = new URL(args.request.url);
    const { id, name } = segment;
    const shown = { id, calledNow: name, about: aboutOf(segment, asked) };
    const rule = segment.kind === 'cluster' && isAsRule(asked) ? await ruleOf(ctx, id) : null;
    if (segment.nearest !== null && rule?.ok !== true) {
      const all = await listSegments(ctx);
      return { ...shown, builder: null, learned: null, cluster: { nearest: segment.nearest, within: withinOf(all, segment), known: knownFiling(all), noRule: rule?.message ?? null } };
    }
    return { ...shown, builder: await loadBuilder(ctx, rule?.ok === true ? rule.filter : segment.filter, asked, id), learned: rule?.ok === true ? rule.learned : null, cluster: null };
  });
}

async function ruleOf(ctx: Context, id: string): Promise<{ ok: true; message: null } & ClusterRule | { ok: false; message: string }> {
  try {
    return { ok: true, message: null, ...await clusterRule(ctx, id) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return { ok: false, message: error.publicMessage };
    throw error;
  }
}

/** The segment that a group was looked for in. */
function withinOf(all: readonly SegmentView[], { filter }: SegmentView): { id: string; name: string } | null {
  if (!('is' in filter) || filter.is !== 'segment') return null;
  const found = all.find((one) => one.id === filter.id);
  return found === undefined ? null : { id: found.id, name: found.name };
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  return answer(args, async () => {
    const sent = await readSegmentForm(args, ctx);
    const asked = new URL(args.request.url);
    if (sent.intent === 'count') return redirect(draftAddress(asked, sent));
    if (sent.intent !== 'describe' && !sent.filter.ok) return { ok: false, message: null, errors: sent.filter.errors };
    const change = segmentChangeSchema.safeParse(sent.intent === 'describe' || !sent.filter.ok ? sent.fields : { ...sent.fields, filter: sent.filter.filter, ...(isAsRule(asked) && { kind: 'rule' }) });
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
  const { id, calledNow, about, builder, learned, cluster } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  const formats = useFormats();
  const shared = { about, result };
  if (cluster !== null) {
    return <Page title={`Change ${calledNow}`} back={{ to: `/segments/${id}`, label: calledNow }}><ClusterEditor key={id} id={id} {...shared} {...cluster} /></Page>;
  }
  if (builder === null) return null;
  return (
    <Page wide title={learned === null ? `Change ${calledNow}` : `${calledNow} as a rule`} back={{ to: learned === null ? `/segments/${id}` : `/segments/${id}/edit`, label: calledNow }}>
      {learned !== null && (
        <Notice>
          Learned from {customersWords(learned.customers, formats.count)}: {fidelityWords(learned.fidelity, formats).replace(/^./, (letter) => letter.toLowerCase())} Saving makes this rule the segment, and its centre is gone.
          {' '}<Link to={`/segments/new?${new URLSearchParams({ text: builder.text, name: `${calledNow.slice(0, 90)}, as a rule` }).toString()}`} className="underline underline-offset-2">Keep both: open the rule as a new segment</Link>
        </Notice>
      )}
      <SegmentBuilder key={`${id} ${learned === null ? '' : 'rule'}`} {...builder} {...shared} save={learned === null ? 'Save changes' : 'Save as a rule'} cancelTo={`/segments/${id}`} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
