/** The company's segments, and ready ones to begin with. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData, useSearchParams, type ShouldRevalidateFunction } from '@remix-run/react';
import { z } from 'zod';
import { TEMPLATES, type Template } from '#core/segments/templates';
import { isAllowed, requirePermission } from '#operations/permissions';
import { countArchivedSegments } from '#operations/segment-archive';
import { createSegment, listSegments, restoreSegment, segmentRestoreSchema } from '#operations/segments';
import { segmentFigures } from '#operations/segment-figures';
import { requireContext } from '../context.server.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { clusterWords } from '../components/segments/cluster-words.ts';
import { RfmGroupsCard } from '../components/segments/rfm-groups-card.tsx';
import { SegmentFolders } from '../components/segments/segment-folders.tsx';
import { storedWords } from '../components/segments/segment-words.ts';
import { TemplateList } from '../components/segments/template-list.tsx';
import { UndoNotice } from '../components/segments/undo-notice.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Segments · Perennial' }];

/** The ten groups of recency and frequency come together; the others one by one. */
const isRfmGroup = (template: Template): boolean => template.id.startsWith('rfm-');
const RFM_TEMPLATES = TEMPLATES.filter(isRfmGroup);
const OTHER_TEMPLATES = TEMPLATES.filter((template) => !isRfmGroup(template));

const form = z.discriminatedUnion('intent', [z.object({ intent: z.literal('rfm-groups') }), z.object({ intent: z.literal('restore'), id: z.uuid(), status: z.enum(['live', 'paused']).optional() })]);

/** What is sought and which folders are shut is nothing that the server is asked for. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl, formMethod, defaultShouldRevalidate }) =>
  ((formMethod === undefined || formMethod === 'GET') && currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search ? false : defaultShouldRevalidate);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    const [rows, archivedSegments] = await Promise.all([listSegments(ctx), countArchivedSegments(ctx)]);
    const figures = await segmentFigures(ctx, new Map(rows.map((row) => [row.id, row.members])));
    return { rows, archivedSegments, figures, mayWrite: isAllowed(ctx.actor, 'segments:write') };
  });
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const sent = form.safeParse(Object.fromEntries(await readForm(args, ['intent', 'id', 'status'])));
  if (!sent.success) return refusedFields(sent.error);
  try {
    requirePermission(ctx, 'segments:write');
    if (sent.data.intent === 'restore') {
      const { id } = await restoreSegment(ctx, sent.data.id, segmentRestoreSchema.parse({ status: sent.data.status }));
      return redirect(`/segments/${id}`);
    }
    const taken = new Set((await listSegments(ctx)).map((segment) => segment.name.toLowerCase()));
    for (const { id, name, description, filter } of RFM_TEMPLATES) {
      if (!taken.has(name.toLowerCase())) await createSegment(ctx, { name, description, filter, status: 'live', origin: `template:${id}` });
    }
    return redirect('/segments');
  } catch (error) {
    return refused(error);
  }
}

export default function SegmentsPage() {
  const { rows, archivedSegments, figures, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  const [parameters] = useSearchParams();
  const formats = useFormats();
  useRevalidateOnChange();
  const listed = rows.map((row) => {
    const { value = 0, last7 = 0, last30 = 0, sizes = [] } = figures.segments[row.id] ?? {};
    return {
      id: row.id, name: row.name, words: row.nearest === null ? storedWords(row.filter, rows, formats) : clusterWords(row.nearest, formats), members: row.members, folder: row.folder, tags: row.tags,
      isLive: row.status === 'live', isCounting: !row.isEvaluated, value, last7, last30, sizes,
      share: figures.customers === 0 ? null : row.members / figures.customers, valueShare: figures.value <= 0 ? null : value / figures.value,
    };
  });
  const isThere = (template: Template) => rows.some((row) => row.name.toLowerCase() === template.name.toLowerCase());
  const missing = RFM_TEMPLATES.filter((template) => !isThere(template));
  const archived = parameters.get('archived');
  return (
    <Page
      title="Segments"
      lead="Groups of customers that keep themselves: whoever comes to match enters, whoever ceases to leaves, within a second of an order."
      actions={<div className="flex flex-wrap gap-2">{rows.length > 1 && <ButtonLink to="/segments/compare">Compare</ButtonLink>}{mayWrite && <><ButtonLink to="/segments/list">Bring a list</ButtonLink>{rows.length > 0 && <ButtonLink to="/segments/new" look="primary">New segment</ButtonLink>}</>}</div>}
    >
      {result?.message != null && <UndoNotice result={{ ...result, undo: null }} />}
      {archived !== null && <UndoNotice result={{ ok: true, message: 'Archived. Its history is kept.', undo: mayWrite ? { intent: 'restore', id: archived, ...(parameters.get('was') === 'paused' && { status: 'paused' }) } : null }} action="/segments?index" />}
      {rows.length > 0 ? (
        <>
          <SegmentFolders rows={listed} />
          {figures.valuedAt !== null && <p className="-mt-3 px-5 text-12 text-muted">Members are of now; with so many of them, values are summed up every few minutes: these at {formats.time(figures.valuedAt)} on {formats.date(figures.valuedAt)} or later.</p>}
        </>
      ) : (
        <Card>
          <EmptyState title="No segments yet" action={mayWrite ? <ButtonLink to="/segments/new" look="primary">New segment</ButtonLink> : undefined} learn={mayWrite ? 'Or begin with one of those below.' : undefined}>
            A segment is a group of customers with something in common, such as those who spent over 200 and have not ordered for 60 days.
          </EmptyState>
        </Card>
      )}
      {archivedSegments > 0 && <p className="text-13"><Link to="/segments/archived" className="inline-flex min-h-6 items-center underline underline-offset-2">{archivedSegments === 1 ? '1 archived segment' : `${formats.count(archivedSegments)} archived segments`}</Link></p>}
      {mayWrite && missing.length > 0 && <RfmGroupsCard missing={missing.length} />}
      {mayWrite && <TemplateList title="Begin with a ready one" note="Opens in the editor with its count; nothing is kept before you save." templates={OTHER_TEMPLATES.filter((template) => !isThere(template))} />}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
