/** Segments of a list: addresses and ids that somebody brought, who of them is known, and who is put on it or taken off it later. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { namesOf } from '#core/segments/list-text';
import { addEntries, findNamed, readEntries, readListStanding, removeEntries } from '#data/lists';
import type { ListEntryRow } from '#data/lists';
import type { SegmentRow } from '#data/segments';
import type { TenantContext } from '#worker/ports';
import { actorName, audited } from './audit.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';
import { evaluateSegments } from './segment-evaluation.ts';
import { sizeOf } from './segment-members.ts';
import type { PageInput } from './segment-members.ts';
import { createListSegment, getSegment, newSegmentSchema, requireSegment } from './segments.ts';
import type { SegmentView } from './segment-views.ts';

/** Names in one list, and in what is put on it or taken off it at once. */
const MOST = 50_000;
const SHOWN = 20;

export const MOST_LIST_CHARACTERS = 4_000_000;

const list = z.string().max(MOST_LIST_CHARACTERS, `At most ${MOST_LIST_CHARACTERS.toLocaleString('en-US')} characters`);
export const listSegmentSchema = z.strictObject({ name: newSegmentSchema.shape.name, description: newSegmentSchema.shape.description, list });
export type NewListSegment = z.input<typeof listSegmentSchema>;

export const listChangeSchema = z.strictObject({ list });
export type ListChangeInput = z.input<typeof listChangeSchema>;

/** Names that lead to nobody: how many there are, and the first of them. */
export interface UnknownNames {
  count: number;
  first: string[];
}

export interface ListSegment {
  segment: SegmentView;
  /** Names that were read, each once. */
  names: number;
  unknown: UnknownNames;
}

/**
 * Reads a list of e-mail addresses, ids at a platform or our own ids and keeps whom they lead to. Who becomes known later is not on it.
 * @throws AppError `invalid_input` for a list without anybody whom we know, and as `createSegment`
 */
export async function uploadList(ctx: TenantContext, input: NewListSegment): Promise<ListSegment> {
  requirePermission(ctx, 'segments:write');
  // What it answers tells who is a customer.
  requirePermission(ctx, 'customers:read');
  const { name, description, list: text } = listSegmentSchema.parse(input);
  const { customers, ...read } = await lookUp(ctx, text);
  return { segment: await createListSegment(ctx, { name, description }, customers), ...read };
}

export interface ListChange {
  segment: SegmentView;
  /** Names that were read, each once. */
  names: number;
  unknown: UnknownNames;
  /** Whom it made a difference for: who was put on the list, or taken off it. */
  changed: string[];
  /** Who was on it already, or was not on it. */
  unchanged: number;
}

/**
 * Puts more people on a list. Who stands on it already stays.
 * @throws AppError `not_found`, `conflict` for an archived segment, `invalid_input` for one that is no list, and for names without anybody whom we know
 */
export async function addToList(ctx: TenantContext, id: string, input: ListChangeInput): Promise<ListChange> {
  requirePermission(ctx, 'segments:write');
  return changeList(ctx, id, input, 'add');
}

/** Takes people off a list. @throws AppError as `addToList` */
export async function removeFromList(ctx: TenantContext, id: string, input: ListChangeInput): Promise<ListChange> {
  requirePermission(ctx, 'segments:write');
  return changeList(ctx, id, input, 'remove');
}

/** @throws AppError as `addToList`, `not_found` for who does not stand on it */
export async function removeOneFromList(ctx: TenantContext, id: string, customerId: string): Promise<void> {
  requirePermission(ctx, 'segments:write');
  requirePermission(ctx, 'customers:read');
  const notOnIt = (): AppError => new AppError('not_found', 'There is no such customer on this list');
  if (!z.uuid().safeParse(customerId).success) throw notOnIt();
  const segment = await requireList(ctx, id);
  const { shown } = await readListStanding(ctx.db, segment.id, [customerId]);
  if (shown.length === 0) throw notOnIt();
  await writeChange(ctx, segment, shown, 'remove');
}

async function changeList(ctx: TenantContext, id: string, input: ListChangeInput, way: 'add' | 'remove'): Promise<ListChange> {
  requirePermission(ctx, 'customers:read');
  const { list: text } = listChangeSchema.parse(input);
  const segment = await requireList(ctx, id);
  const { customers, ...read } = await lookUp(ctx, text);
  const { shown } = await readListStanding(ctx.db, segment.id, customers);
  const stand = new Set(shown), concerned = way === 'add' ? customers.filter((one) => !stand.has(one)) : shown;
  const changed = concerned.length === 0 ? [] : await writeChange(ctx, segment, concerned, way);
  return { segment: await getSegment(ctx, segment.id), ...read, changed, unchanged: customers.length - changed.length };
}

/** Who it made a difference for; memberships follow before this is over. */
async function writeChange(ctx: TenantContext, segment: SegmentRow, customers: readonly string[], way: 'add' | 'remove'): Promise<string[]> {
  const { db } = audited(ctx, { action: 'segment.list_changed', target: { kind: 'segment', id: segment.id, name: segment.name }, detail: way === 'add' ? { added: customers.length } : { removed: customers.length } });
  const write = { list: segment.id, customers, by: actorName(ctx.actor), at: ctx.clock.now().toISOString() };
  const changed = await (way === 'add' ? addEntries(db, write) : removeEntries(db, write));
  await evaluateSegments(ctx, await requireState(ctx));
  return changed;
}

async function requireList(ctx: TenantContext, id: string): Promise<SegmentRow> {
  const segment = await requireSegment(ctx, id);
  if (segment.origin !== 'list') throw new AppError('invalid_input', 'This segment was not made of a list: nobody is put into it or taken out of it by hand. Bring a list of your own and refer to it', { errors: [{ path: 'id', message: 'Choose a segment that was made of a list' }] });
  if (segment.status === 'archived') throw new AppError('conflict', 'This segment is archived: bring it back first');
  return segment;
}

export interface ListPage {
  /** On the whole list, whether the segment has them as members or not. */
  people: number;
  rows: ListEntryRow[];
  nextCursor: string | null;
}

/** Who stands on the list that a segment was made of; nobody where it was made otherwise. @throws AppError `not_found`, `invalid_input` for a cursor that is not ours */
export async function listPeople(ctx: TenantContext, id: string, page: PageInput = {}): Promise<ListPage> {
  requirePermission(ctx, 'segments:read');
  requirePermission(ctx, 'customers:read');
  const limit = sizeOf(page), after = page.cursor === undefined ? null : decodeCursor(page.cursor).id;
  const segment = await requireSegment(ctx, id);
  const [rows, { people }] = await Promise.all([readEntries(ctx.db, segment.id, after, limit + 1), readListStanding(ctx.db, segment.id, [])]);
  const last = rows[limit - 1];
  return { people, rows: rows.slice(0, limit), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(null, last.id) : null };
}

export interface ListStanding {
  people: number;
  /** Those of the asked who stand on it. */
  shown: string[];
}

/** How many stand on a segment's list, and who of some customers does; null of a segment that is no list, or archived. */
export async function listStanding(ctx: TenantContext, segment: Pick<SegmentView, 'id' | 'origin' | 'status'>, customers: readonly string[]): Promise<ListStanding | null> {
  requirePermission(ctx, 'segments:read');
  return segment.origin === 'list' && segment.status !== 'archived' ? readListStanding(ctx.db, segment.id, customers) : null;
}

/** Whom a text names. @throws AppError `invalid_input` for too many names, none, or none that leads to anybody */
async function lookUp(ctx: TenantContext, text: string): Promise<{ customers: string[]; names: number; unknown: UnknownNames }> {
  const names = namesOf(text);
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'list', message }] }); };
  if (names.length === 0) refuse('Write at least one e-mail address or id, one a line');
  if (names.length > MOST) refuse(`A list has at most ${MOST.toLocaleString('en-US')} names and this one ${names.length.toLocaleString('en-US')}: make several, and a segment of them all`);
  const found = await findNamed(ctx.db, names), known = new Set(found.map((one) => one.name));
  const unknown = names.filter((one) => !known.has(one));
  if (found.length === 0) refuse(`None of these ${names.length === 1 ? 'leads' : `${names.length.toLocaleString('en-US')} names leads`} to a customer: ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''}`);
  return { customers: [...new Set(found.map(({ id }) => id))], names: names.length, unknown: { count: unknown.length, first: unknown.slice(0, SHOWN) } };
}
