/** Making, changing, archiving and restoring segments; their members are found before the answer. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { unprepareOne } from '#core/clustering/prepare';
import { AppError } from '#core/errors';
import { cutKey, distinctQuantities } from '#core/segments/cuts';
import { findCycle } from '#core/segments/cycles';
import { readsOfDefinition, readTags, segmentDefinition } from '#core/segments/definition';
import type { ClusterDefinition, SegmentDefinition } from '#core/segments/definition';
import { isFiledUnder } from '#core/segments/filing';
import type { FilingFilter } from '#core/segments/filing';
import { filter } from '#core/segments/filter';
import type { Filter } from '#core/segments/filter';
import { readsOf } from '#core/segments/reads';
import { entriesOf, readLists } from '#data/lists';
import { freezeCuts, readCuts } from '#data/percentile-cuts';
import { archiveSegmentRow, insertSegmentRow, listSegmentRows, pauseSegmentRow, readSegmentRow, restoreSegmentRow, updateSegmentRow } from '#data/segments';
import type { SegmentRow, SegmentStatus } from '#data/segments';
import type { Query } from '#data/tenant';
import type { TenantState } from '#data/tenant-state';
import type { Actor, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { evaluateSegments } from './segment-evaluation.ts';
import { filedAmong, filingFields } from './segment-filing.ts';
import { momentOf, settingOf } from './segment-plan.ts';
import { noList, noSegment, rowView } from './segment-views.ts';
import type { NearestCentre, SegmentView } from './segment-views.ts';

/** Not archived ones of one company. */
export const MOST_SEGMENTS = 500;

const MOST_NAME = 100;
const name = z.string().trim().min(1, 'Write a name').max(MOST_NAME, `At most ${String(MOST_NAME)} characters`);
const description = z.string().trim().max(1000, 'At most 1,000 characters');

export const newSegmentSchema = z.strictObject({
  name, description: description.default(''), filter,
  status: z.enum(['live', 'paused']).default('live'),
  origin: z.string().regex(/^(made|discovery|template:[\w-]{1,60})$/, 'Write made, discovery or template: and its id').default('made'),
  ...filingFields,
});
export type NewSegment = z.input<typeof newSegmentSchema>;

export const segmentChangeSchema = z.strictObject({
  name: name.optional(), description: description.optional(), filter: filter.optional(), status: z.enum(['live', 'paused']).optional(),
  /** A folder of null takes it out of the one it is in; tags replace those it has. */
  ...filingFields,
  /** With a filter: the segment is that rule from now on, also one that was kept by its nearest centre. */
  kind: z.literal('rule').optional(),
});
export type SegmentChange = z.infer<typeof segmentChangeSchema>;

export const segmentRestoreSchema = z.strictObject({
  /** Where another segment has its name by now. */
  name: name.optional(),
  status: z.enum(['live', 'paused']).default('live'),
});

/** All but the archived, by name. */
export async function listSegments(ctx: TenantContext, filed: FilingFilter = {}): Promise<SegmentView[]> {
  requirePermission(ctx, 'segments:read');
  return (await listSegmentRows(ctx.db)).filter((row) => isFiledUnder(row, filed)).map(toView);
}

/** An archived one too. @throws AppError `not_found` */
export async function getSegment(ctx: TenantContext, id: string): Promise<SegmentView> {
  requirePermission(ctx, 'segments:read');
  return toView(await requireSegment(ctx, id));
}

/** @throws AppError `invalid_input` for what it refers to, `conflict` where the name is taken or there are too many. */
export async function createSegment(ctx: TenantContext, input: z.output<typeof newSegmentSchema>): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  return keepSegment(ctx, { kind: 'rule', filter: input.filter }, input);
}

/** A group that discovery found, kept by its nearest centre. @throws AppError as `createSegment` */
export async function createClusterSegment(ctx: TenantContext, { definition, ...input }: { name: string; description: string; definition: ClusterDefinition }): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  return keepSegment(ctx, segmentDefinition.parse(definition), { ...input, status: 'live', origin: 'discovery' });
}

/** A list that was brought: who stands on it is in, as one condition of a rule that may be narrowed later. @throws AppError as `createSegment` */
export async function createListSegment(ctx: TenantContext, { name: called, description: about }: { name: string; description: string }, customers: readonly string[]): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  const id = uuidv7();
  return keepSegment(ctx, { kind: 'rule', filter: { is: 'list', id } }, { name: called, description: about, status: 'live', origin: 'list' }, id, entriesOf(ctx.companyId, { list: id, customers, by: nameOf(ctx.actor), at: ctx.clock.now().toISOString() }));
}

async function keepSegment(
  ctx: TenantContext, definition: SegmentDefinition, input: Omit<z.output<typeof newSegmentSchema>, 'filter'>, id = uuidv7(), behind: Query<unknown> | null = null,
): Promise<SegmentView> {
  const [state, others] = await Promise.all([requireState(ctx), listSegmentRows(ctx.db)]);
  requireRoom(others);
  const reads = await prepareReads(ctx, state, { id, definition }, others);
  const row = await insertSegmentRow(audited(ctx, { action: 'segment.created', target: { kind: 'segment', id, name: input.name } }).db, {
    id, name: input.name, description: input.description, kind: definition.kind, definition, reads, status: input.status, origin: input.origin,
    ...filedAmong(others, { folder: input.folder ?? null, tags: input.tags ?? [] }), by: nameOf(ctx.actor), at: ctx.clock.now().toISOString(),
  }, behind);
  if (row === null) throw nameTaken(input.name);
  await evaluateSegments(ctx, { ...state, hasSegments: true });
  return await getSegment(ctx, id);
}

/** The same definition under a name that is free. @throws AppError as `createSegment`, `not_found` */
export async function duplicateSegment(ctx: TenantContext, id: string): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  const [others, row] = await Promise.all([listSegmentRows(ctx.db), requireSegment(ctx, id)]);
  const taken = new Set(others.map((one) => one.name.toLowerCase()));
  return keepSegment(ctx, definitionOf(row), { name: freeName(row.name, taken), description: row.description, status: 'live', origin: row.kind === 'rule' ? 'made' : row.origin, folder: row.folder, tags: row.tags });
}

/** "VIP, copy", "VIP, copy 2", … */
function freeName(of: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const ending = n === 1 ? ', copy' : `, copy ${String(n)}`;
    const made = `${of.slice(0, MOST_NAME - ending.length)}${ending}`;
    if (!taken.has(made.toLowerCase())) return made;
  }
}

/** A new definition changes who is in at once, and says so in the history. @throws AppError as `createSegment`, `not_found` */
export async function changeSegment(ctx: TenantContext, id: string, change: SegmentChange): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  const [state, others, row] = await Promise.all([requireState(ctx), listSegmentRows(ctx.db), requireSegment(ctx, id)]);
  if (row.status === 'archived') throw new AppError('conflict', 'This segment is archived: bring it back first');
  const before = definitionOf(row);
  if (change.kind !== before.kind && change.kind !== undefined && change.filter === undefined) throw new AppError('invalid_input', 'A rule needs conditions', { errors: [{ path: 'filter', message: 'Send the conditions of the rule' }] });
  const definition: SegmentDefinition = change.filter === undefined ? before : ruleInstead(before, change.filter, change.kind);
  const reads = await prepareReads(ctx, state, { id, definition }, others);
  const isNew = JSON.stringify(before) !== JSON.stringify(definition);
  const status: SegmentStatus = change.status ?? row.status;
  const filed = filedAmong(others.filter((one) => one.id !== id), { folder: change.folder === undefined ? row.folder : change.folder, tags: change.tags ?? row.tags });
  const { row: changed, taken } = await updateSegmentRow(audited(ctx, {
    action: 'segment.changed', target: { kind: 'segment', id, name: change.name ?? row.name },
    detail: { ...(change.name !== undefined && change.name !== row.name && { name: change.name }), ...(change.description !== undefined && change.description !== row.description && { description: true }), ...(isNew && { definition: true }), ...(status !== row.status && { status }),
      ...(filed.folder !== row.folder && { folder: filed.folder }), ...(filed.tags.join() !== row.tags.join() && { tags: filed.tags }),
    },
  }).db, {
    id, name: change.name ?? row.name, description: change.description ?? row.description, kind: definition.kind, definition, reads, status, origin: row.origin, ...filed, by: nameOf(ctx.actor), at: ctx.clock.now().toISOString(),
  }, isNew);
  if (changed === null) throw taken ? nameTaken(change.name ?? row.name) : notFound();
  await evaluateSegments(ctx, { ...state, hasSegments: true });
  return await getSegment(ctx, id);
}

/** Its members leave it, and its name is free; its history stays. @throws AppError `not_found`, `conflict` while another segment refers to it */
export async function archiveSegment(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'segments:write');
  const [others, row] = await Promise.all([listSegmentRows(ctx.db), requireSegment(ctx, id)]);
  const readers = others.filter((one) => one.id !== id && segmentsRead(one).has(id));
  if (readers.length > 0) throw new AppError('conflict', `Other segments refer to it: ${readers.map((one) => `"${one.name}"`).join(', ')}. Change them first`);
  await archiveSegmentRow(audited(ctx, { action: 'segment.archived', target: { kind: 'segment', id, name: row.name } }).db, id, nameOf(ctx.actor), ctx.clock.now().toISOString());
}

/**
 * An archived segment as it was, under its id and with its history; its members are found anew.
 * @throws AppError `not_found`, `conflict` for one that is not archived and where its name is taken, `invalid_input` for what it refers to
 */
export async function restoreSegment(ctx: TenantContext, id: string, input: z.output<typeof segmentRestoreSchema>): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  const [state, others, row] = await Promise.all([requireState(ctx), listSegmentRows(ctx.db), requireSegment(ctx, id)]);
  if (row.status !== 'archived') throw new AppError('conflict', 'This segment is not archived');
  requireRoom(others);
  const reads = await prepareReads(ctx, state, { id, definition: definitionOf(row) }, others);
  const called = input.name ?? row.name;
  const at = ctx.clock.now().toISOString(), by = nameOf(ctx.actor);
  const restored = await restoreSegmentRow(audited(ctx, { action: 'segment.restored', target: { kind: 'segment', id, name: called }, detail: { status: input.status } }).db, { id, name: called, reads, by, at });
  if (!restored) throw nameTaken(called);
  await evaluateSegments(ctx, { ...state, hasSegments: true });
  // Its members are found while it is live; who is in stays when it is paused.
  if (input.status === 'paused') await pauseSegmentRow(ctx.db, id, by, at);
  return await getSegment(ctx, id);
}

const uuid = z.uuid();

/** A centre is given up only by who says so. */
function ruleInstead(before: SegmentDefinition, conditions: Filter, kind: SegmentChange['kind']): SegmentDefinition {
  if (before.kind === 'rule' || kind === 'rule') return { kind: 'rule', filter: conditions };
  throw new AppError('conflict', 'This segment is kept by the nearest centre of a group that was found, not by conditions. Turn it into a rule to change them', {
    errors: [{ path: 'kind', message: 'Send rule with the filter to turn it into a rule' }],
  });
}

function requireRoom(others: readonly SegmentRow[]): void {
  if (others.length >= MOST_SEGMENTS) throw new AppError('conflict', `A company has at most ${String(MOST_SEGMENTS)} segments: archive some first`);
}

/** @throws AppError `not_found`, also for what cannot be an id of ours */
export async function requireSegment(ctx: TenantContext, id: string): Promise<SegmentRow> {
  const row = uuid.safeParse(id).success ? await readSegmentRow(ctx.db, id) : null;
  if (row === null) throw notFound();
  return row;
}

export function definitionOf(row: SegmentRow): SegmentDefinition {
  return segmentDefinition.parse(row.definition);
}

export function toView(row: SegmentRow): SegmentView {
  const definition = definitionOf(row);
  const { kind, filter: conditions } = definition;
  return { ...rowView(row), kind, filter: conditions, nearest: definition.kind === 'cluster' ? centresOf(definition) : null };
}

function centresOf({ nested }: ClusterDefinition): NearestCentre[] {
  return nested.map(({ steps, centres, label }) => ({
    groups: centres.length,
    centre: steps.map((step, f) => ({ feature: step.name, value: unprepareOne(step, centres[label]?.[f] ?? 0) })),
  }));
}

/** What it reads, as marks name it; cuts of numbers that nobody asked for until now are frozen for it. */
async function prepareReads(ctx: TenantContext, state: TenantState, segment: { id: string; definition: SegmentDefinition }, others: readonly SegmentRow[]): Promise<string[]> {
  const reads = readsOfDefinition(segment.definition);
  requireReferences(segment.id, reads.segments, others);
  const lists = [...reads.lists].filter((one) => one !== segment.id);
  if (lists.length > 0) {
    const known = await readLists(ctx.db, lists), stranger = lists.find((one) => !known.has(one));
    if (stranger !== undefined) {
      const message = noList(others.find(({ id }) => id === stranger)?.name ?? `segment ${stranger}`);
      throw new AppError('invalid_input', message, { errors: [{ path: 'filter', message }] });
    }
  }
  if (reads.percentiles.length > 0) {
    const cuts = await readCuts(ctx.db), missing = distinctQuantities(reads.percentiles).filter((one) => !cuts.has(cutKey(one)));
    await freezeCuts(ctx.db, missing, { ...momentOf(ctx, state, settingOf(state, cuts)), companyId: ctx.companyId }, asOfDay(ctx, state));
  }
  return readTags(reads);
}

function requireReferences(id: string, wanted: ReadonlySet<string>, others: readonly SegmentRow[]): void {
  const byId = new Map(others.map((one) => [one.id, one]));
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'filter', message }] }); };
  for (const one of wanted) if (one !== id && !byId.has(one)) refuse(noSegment(one));
  const path = findCycle(id, (one) => (one === id ? wanted : segmentsRead(byId.get(one))));
  if (path !== null) refuse(`A segment cannot read itself, and this one would: ${path.map((one) => `"${byId.get(one)?.name ?? 'this segment'}"`).join(' → ')}`);
}

function segmentsRead(row: SegmentRow | undefined): ReadonlySet<string> {
  return row === undefined ? new Set() : readsOf(definitionOf(row).filter).segments;
}

function nameOf(actor: Actor): string | null {
  switch (actor.kind) {
    case 'user': return actor.email;
    case 'api_key': return actor.name;
    case 'system': case 'operator': return null;
  }
}

const nameTaken = (taken: string): AppError => new AppError('conflict', `There is a segment "${taken}" already`, { errors: [{ path: 'name', message: 'Choose another name' }] });
const notFound = (): AppError => new AppError('not_found', 'There is no such segment');

