/** One segment: who is in it, how it moves and why, what it shares with others; live. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { getActions } from '#operations/actions';
import { listAudit } from '#operations/audit';
import { listCustomers } from '#operations/customers';
import { isAllowed, requirePermission } from '#operations/permissions';
import { addToList, listChangeSchema, listStanding, MOST_LIST_CHARACTERS, removeFromList } from '#operations/segment-lists';
import { archiveSegment, changeSegment, duplicateSegment, getSegment, listSegments, restoreSegment, segmentChangeSchema, segmentRestoreSchema } from '#operations/segments';
import { segmentDays, segmentOverlaps, segmentValues } from '#operations/segment-figures';
import { segmentHistory } from '#operations/segment-members';
import { requireContext } from '../context.server.ts';
import { ActionBars } from '../components/actions/action-bars.tsx';
import { customerName } from '../components/customers/customer-name.ts';
import { readQuery } from '../components/customers/list-query.ts';
import { refused, refusedFields, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { clusterWords } from '../components/segments/cluster-words.ts';
import { ChangeList } from '../components/segments/change-list.tsx';
import { DeedsCard } from '../components/segments/deeds-card.tsx';
import { FilingLinks } from '../components/segments/filing.tsx';
import { ListCard, ListNotice, type ListResult } from '../components/segments/list-card.tsx';
import { MembersCard } from '../components/segments/members-card.tsx';
import { OverlapCard } from '../components/segments/overlap-card.tsx';
import { SegmentActions } from '../components/segments/segment-actions.tsx';
import { LiveMark } from '../components/segments/segment-list.tsx';
import { storedWords } from '../components/segments/segment-words.ts';
import { ComingsChart, SizeChart, ValueChart } from '../components/segments/size-chart.tsx';
import { done, UndoNotice, type UndoableResult } from '../components/segments/undo-notice.tsx';
import { useLiveSegment } from '../components/segments/use-live-segment.ts';
import { Button } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { LiveFigure } from '../components/ui/live-figure.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';
import { filingOf, knownFiling } from '../segments.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data?.segment.name ?? 'Segment'} · Perennial` }];

/** A segment that is younger begins where it was made. */
const DAYS = { most: 90, least: 14 };
const DAY_MS = 86_400_000;
const MEMBERS_SHOWN = 25;
const CHANGES_SHOWN = 10;
const DEEDS_SHOWN = 5;
/** Of so many a change of the list can be taken back by one button. */
const UNDONE_AT_ONCE = 500;
/** Groups need as many. */
const LEAST_LOOKED_INTO = 3;

const form = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('rename'), name: z.string(), description: z.string().optional() }),
  z.object({ intent: z.literal('file'), folder: z.string(), tags: z.string() }),
  z.object({ intent: z.enum(['list-add', 'list-remove']) }),
  z.object({ intent: z.enum(['pause', 'resume', 'archive', 'restore', 'duplicate']) }),
]);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const asked = new URL(args.request.url).searchParams;
  const { q, sort, descending } = readQuery(asked);
  return answer(args, async () => {
    const segment = await getSegment(ctx, id);
    const age = Math.ceil((ctx.clock.now().getTime() - Date.parse(segment.createdAt)) / DAY_MS) + 1;
    const shown = Math.min(DAYS.most, Math.max(DAYS.least, age));
    const [all, list, days, values, overlaps, history, actions, deeds] = await Promise.all([
      listSegments(ctx), listCustomers(ctx, { segment: id, q, sort, descending, limit: MEMBERS_SHOWN }),
      segmentDays(ctx, id, segment.members, shown), segmentValues(ctx, id, shown), segmentOverlaps(ctx, id), segmentHistory(ctx, id, { limit: CHANGES_SHOWN }), getActions(ctx, { segment: id }),
      isAllowed(ctx.actor, 'audit:read') ? listAudit(ctx, { target: id }, { limit: DEEDS_SHOWN }) : null,
    ]);
    const standing = await listStanding(ctx, segment, list.rows.map((row) => row.id));
    return {
      segment, standing, list, days, values, overlaps, history, actions, segments: [...all.filter((one) => one.id !== id), segment].map((one) => ({ id: one.id, name: one.name })),
      known: knownFiling(all), deeds: deeds?.rows ?? null, wasDuplicated: asked.has('duplicated'), wasRestored: asked.has('restored'), listed: listedOf(asked),
      mayWrite: isAllowed(ctx.actor, 'segments:write'), mayList: isAllowed(ctx.actor, 'segments:write') && isAllowed(ctx.actor, 'customers:read'),
    };
  });
}

/** How many names a list had that was just brought, and how many of them lead to nobody. */
function listedOf(asked: URLSearchParams): { names: number; unknown: number } | null {
  const [names, unknown] = ['listed', 'unknown'].map((name) => Number(asked.get(name) ?? 'none'));
  return names !== undefined && unknown !== undefined && Number.isSafeInteger(names) && Number.isSafeInteger(unknown) ? { names, unknown } : null;
}

export async function action(args: ActionFunctionArgs): Promise<Response | ListResult> {
  const result = await act(args);
  return result instanceof Response || 'list' in result ? result : { ...result, list: null };
}

async function act(args: ActionFunctionArgs): Promise<Response | UndoableResult | ListResult> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const fields = await readForm(args, ['intent', 'name', 'description', 'folder', 'tags', 'list', 'file']);
  const sent = form.safeParse(Object.fromEntries(fields));
  if (!sent.success) return { ...refusedFields(sent.error), undo: null };
  const { data } = sent;
  try {
    requirePermission(ctx, 'segments:write');
    switch (data.intent) {
      case 'rename': {
        const before = await getSegment(ctx, id);
        await changeSegment(ctx, id, { name: data.name.trim(), description: data.description?.trim() });
        return done('Renamed.', { intent: 'rename', name: before.name, description: before.description });
      }
      case 'file': {
        const filed = segmentChangeSchema.safeParse(filingOf(data));
        if (!filed.success) return { ...refusedFields(filed.error), undo: null };
        const before = await getSegment(ctx, id);
        await changeSegment(ctx, id, filed.data);
        return done('Folder and tags are changed.', { intent: 'file', folder: before.folder ?? '', tags: before.tags.join(', ') });
      }
      case 'list-add': case 'list-remove': return await changeList(ctx, id, data.intent === 'list-add' ? 'add' : 'remove', fields);
      case 'pause': {
        await changeSegment(ctx, id, { status: 'paused' });
        return done('Paused: nobody enters or leaves until it is live again.', { intent: 'resume' });
      }
      case 'resume': {
        await changeSegment(ctx, id, { status: 'live' });
        return done('Live again: who came to match meanwhile has entered.', { intent: 'pause' });
      }
      case 'archive': {
        const { status } = await getSegment(ctx, id);
        await archiveSegment(ctx, id);
        return redirect(`/segments?archived=${id}${status === 'paused' ? '&was=paused' : ''}`);
      }
      case 'restore': {
        await restoreSegment(ctx, id, segmentRestoreSchema.parse({}));
        return done('Back again: who matches now has entered.', { intent: 'archive' });
      }
      case 'duplicate': {
        const copy = await duplicateSegment(ctx, id);
        return redirect(`/segments/${copy.id}?duplicated`);
      }
      default: return assertNever(data);
    }
  } catch (error) {
    return { ...refused(error), undo: null };
  }
}

/** A file stands in place of what was typed. */
async function changeList(ctx: Parameters<typeof addToList>[0], id: string, way: 'add' | 'remove', fields: FormData): Promise<ListResult> {
  const file = fields.get('file');
  const refuse = (message: string): ListResult => ({ ok: false, message: null, errors: { list: message }, undo: null, list: null });
  if (file instanceof File && file.size > MOST_LIST_CHARACTERS) return refuse(`The file is larger than ${String(MOST_LIST_CHARACTERS / 1e6)} MB`);
  const input = listChangeSchema.safeParse({ list: file instanceof File && file.size > 0 ? await file.text() : textOf(fields, 'list') });
  if (!input.success) return refuse(input.error.issues[0]?.message ?? 'This cannot be read');
  const { names, unknown, changed, unchanged } = await (way === 'add' ? addToList : removeFromList)(ctx, id, input.data);
  const undo = changed.length === 0 || changed.length > UNDONE_AT_ONCE ? null : { intent: way === 'add' ? 'list-remove' : 'list-add', list: changed.join('\n') };
  return { ...done('Changed.', undo), list: { way, names, unknown, changed: changed.length, unchanged } };
}

export default function SegmentPage() {
  const { segment, standing, mayList, list, days, values, overlaps, history, actions, segments, known, deeds, wasDuplicated, wasRestored, listed, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<ListResult>();
  const formats = useFormats();
  const members = useLiveSegment(segment.id, segment.members);
  const archived = segment.status === 'archived';
  const isOfList = result !== undefined && standing !== null && (result.list !== null || result.errors['list'] !== undefined);
  const isOfRow = isOfList && result.list?.way === 'remove' && result.list.names === 1;
  const words = segment.nearest === null ? storedWords(segment.filter, segments, formats) : clusterWords(segment.nearest, formats);
  const today = days.at(-1);
  // The chart ends with the number that the heading shows.
  const current = today === undefined ? days : [...days.slice(0, -1), { ...today, members }];
  return (
    <Page
      title={<span className="flex flex-wrap items-baseline gap-x-3">{segment.name}<span className="figures text-16 font-normal text-muted"><LiveFigure className="font-strong text-ink">{formats.count(members)}</LiveFigure> {members === 1 ? 'member' : 'members'}</span>{!archived && <LiveMark isLive={segment.status === 'live'} />}</span>}
      lead={segment.description === '' ? undefined : segment.description}
      back={{ to: '/segments', label: 'All segments' }}
      actions={mayWrite && !archived ? <SegmentActions key={segment.id} segment={segment} known={known} result={result} /> : undefined}
    >
      {result != null && !isOfList && <UndoNotice result={result} />}
      {result == null && wasRestored && !archived && <UndoNotice result={{ ok: true, message: 'Back again: who matches now has entered.', undo: mayWrite ? { intent: 'archive' } : null }} />}
      {result == null && wasDuplicated && <UndoNotice result={{ ok: true, message: 'Duplicated: this is the copy.', undo: mayWrite ? { intent: 'archive' } : null }} />}
      {result == null && listed !== null && <Notice role="status">{formats.count(listed.names)} {listed.names === 1 ? 'name' : 'names'} read{listed.unknown === 0 ? '; all lead to customers.' : `; ${formats.count(listed.unknown)} of them ${listed.unknown === 1 ? 'leads' : 'lead'} to nobody we know, and ${listed.unknown === 1 ? 'is' : 'are'} not kept.`}</Notice>}
      {archived && (
        <Notice>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            This segment is archived: nobody is in it any more, and its history is kept.
            {mayWrite && <Form method="post" preventScrollReset><Button small type="submit" name="intent" value="restore">Bring it back</Button></Form>}
          </span>
        </Notice>
      )}
      {!archived && !segment.isEvaluated && <Notice role="status">Its members are being found.</Notice>}
      <p data-testid="segment-words" className="max-w-3xl text-14 text-pretty">{words}</p>
      <FilingLinks filed={segment} />
      {!archived && members >= LEAST_LOOKED_INTO && (
        <nav aria-label="Look closer" className="-mt-2 flex flex-wrap gap-x-4 gap-y-1 text-13">
          <Link to={`/discover?segment=${segment.id}`} className="underline underline-offset-2">Look for groups inside</Link>
          <Link to={`/patterns?segment=${segment.id}`} className="underline underline-offset-2">What its members buy one after another</Link>
        </nav>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <SizeChart name={segment.name} days={current} madeOn={segment.createdAt} />
        {values.length > 1 && <ValueChart name={segment.name} days={values} />}
        <ComingsChart name={segment.name} days={days} />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <MembersCard segmentId={segment.id} status={segment.status} members={members} list={list} listed={new Set(mayList ? standing?.shown : [])} notice={isOfRow ? <ListNotice result={result} /> : undefined} />
        <div className="flex min-w-0 flex-col gap-4">
          {standing !== null && <ListCard people={standing.people} members={members} mayWrite={mayList} result={isOfList && !isOfRow ? result : undefined} />}
          {!archived && <ActionBars actions={actions} title="What to do about them" segment={segment.id} />}
          <Card title="Came and went" note="The latest, and what caused it">
            <ChangeList
              changes={history.rows.map((row) => ({ key: `${row.seq}-${row.customerId}`, change: row.change, at: row.at, cause: row.cause, name: customerName({ ...row, externalId: row.externalId ?? '' }), to: `/customers/${row.customerId}?why=${segment.id}` }))}
              empty="Nobody so far."
            />
          </Card>
          <OverlapCard segmentId={segment.id} members={members} overlaps={overlaps} />
          <DeedsCard segment={segment} deeds={deeds} />
        </div>
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
