/** Segments of a list: addresses and ids that somebody brought, and who of them is known. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { namesOf } from '#core/segments/list-text';
import { findNamed } from '#data/lists';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { createListSegment, newSegmentSchema } from './segments.ts';
import type { SegmentView } from './segment-views.ts';

/** Names in one list. */
const MOST = 50_000;
const SHOWN = 20;

export const MOST_LIST_CHARACTERS = 4_000_000;

export const listSegmentSchema = z.strictObject({
  name: newSegmentSchema.shape.name, description: newSegmentSchema.shape.description,
  list: z.string().max(MOST_LIST_CHARACTERS, `At most ${MOST_LIST_CHARACTERS.toLocaleString('en-US')} characters`),
});
export type NewListSegment = z.input<typeof listSegmentSchema>;

export interface ListSegment {
  segment: SegmentView;
  /** Names that were read, each once. */
  names: number;
  /** Of those that lead to nobody how many there are, and the first of them. */
  unknown: { count: number; first: string[] };
}

/**
 * Reads a list of e-mail addresses, ids at a platform or our own ids and keeps whom they lead to. Who becomes known later is not on it.
 * @throws AppError `invalid_input` for a list without anybody whom we know, and as `createSegment`
 */
export async function uploadList(ctx: TenantContext, input: NewListSegment): Promise<ListSegment> {
  requirePermission(ctx, 'segments:write');
  // What it answers tells who is a customer.
  requirePermission(ctx, 'customers:read');
  const { name, description, list } = listSegmentSchema.parse(input);
  const names = namesOf(list);
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'list', message }] }); };
  if (names.length === 0) refuse('Write at least one e-mail address or id, one a line');
  if (names.length > MOST) refuse(`A list has at most ${MOST.toLocaleString('en-US')} names and this one ${names.length.toLocaleString('en-US')}: make several, and a segment of them all`);
  const found = await findNamed(ctx.db, names), known = new Set(found.map((one) => one.name));
  const unknown = names.filter((one) => !known.has(one));
  if (found.length === 0) refuse(`None of these ${names.length === 1 ? 'leads' : `${names.length.toLocaleString('en-US')} names leads`} to a customer: ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ', …' : ''}`);
  const segment = await createListSegment(ctx, { name, description }, [...new Set(found.map(({ id }) => id))]);
  return { segment, names: names.length, unknown: { count: unknown.length, first: unknown.slice(0, SHOWN) } };
}
