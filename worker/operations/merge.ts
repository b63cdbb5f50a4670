/** Two customers become one: because a platform says so, or a person does. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { MergeRecord } from '#core/commerce/record';
import { customerExists } from '#data/customers';
import { mergePeople } from '#data/merge';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { personOf } from './ingest-batch.ts';
import { requirePermission } from './permissions.ts';
import { catchUp } from './scoring.ts';

/**
 * As a source says. People who are not known yet are merged all the same: whoever comes under either name is one person.
 * @throws AppError `invalid_input` when a side names nobody, `unavailable` when it should be tried again
 */
export async function applyMerge(ctx: TenantContext, record: MergeRecord, hasErasures: boolean): Promise<void> {
  const tools = { companyId: ctx.companyId, hasErasures, identityHash: (text: string) => ctx.keys.identityHash(text) };
  const [kept, gone] = await Promise.all([personOf(record.source, record.kept, tools), personOf(record.source, record.gone, tools)]);
  if (!kept || !gone) throw new AppError('invalid_input', 'The merge does not say who was merged with whom', { errors: [{ path: kept ? 'gone' : 'kept', message: 'An id or an e-mail address is needed' }] });
  await mergePeople(ctx.db, { by: 'identity', kept, gone }, record);
}

const uuid = z.uuid();

/**
 * By hand: `goneId` becomes part of `keptId`. It cannot be undone.
 * @returns the id of the customer who now stands for both
 * @throws AppError `not_found` when either is no customer of the company, `conflict` when they are one already
 */
export async function mergeCustomers(ctx: TenantContext, goneId: string, keptId: string): Promise<string> {
  requirePermission(ctx, 'customers:write');
  const known = await Promise.all([goneId, keptId].map(async (id) => uuid.safeParse(id).success && await customerExists(ctx.db, id)));
  if (!known[0]) throw new AppError('not_found', 'There is no such customer');
  if (!known[1]) throw new AppError('invalid_input', 'There is no customer to merge into', { errors: [{ path: 'into', message: 'The id of another customer, as in the address of the customer’s page' }] });
  const done = await mergePeople(audited(ctx, { action: 'customers.merged', target: { kind: 'customer', id: keptId }, detail: { gone: goneId } }).db, { by: 'id', keptId, goneId }, { source: 'manual', externalId: v7() });
  if (!done) throw new AppError('conflict', 'These are one customer already');
  ctx.log.info('customers.merged', { keptId: done.keptId, goneId: done.goneId, movedTransactions: done.movedTransactions });
  await catchUp(ctx);
  return done.keptId;
}
