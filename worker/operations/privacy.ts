/** Requests about people's data: taken from platforms and from people, carried out or kept open with the day they are due. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { assertNever, AppError } from '#core/errors';
import { DAY_MS } from '#core/calendar/days';
import type { CustomerRef, PrivacyRecord } from '#core/commerce/record';
import { customerExists } from '#data/customers';
import { markUninstalled } from '#data/integrations';
import { keepRequest, listRequests, readRequest } from '#data/privacy';
import type { PrivacyRequestRow } from '#data/privacy';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { applyDeletion, applyErasure, askShopErasure, eraseCustomer, requestOf, subjectOf } from './erasure.ts';
import { requirePermission } from './permissions.ts';
import type { PrivacyRequestView } from './privacy-views.ts';

/** Platforms and laws give a month. */
const DUE_DAYS = 30;
const LISTED = 500;

function dueAt(requestedAt: string): string {
  return new Date(new Date(requestedAt).getTime() + DUE_DAYS * DAY_MS).toISOString();
}

function requireSubject(record: PrivacyRecord): asserts record is PrivacyRecord & { subject: CustomerRef } {
  if (record.subject === null || (record.subject.externalId === null && (record.subject.email ?? '').trim() === '')) {
    throw new AppError('invalid_input', 'The request does not say whom it is about', { errors: [{ path: 'customer', message: 'An id or an e-mail address is needed' }] });
  }
}

/**
 * What a platform asks.
 * @throws AppError `invalid_input` when it names nobody, `unavailable` when it should be tried again
 */
export async function applyPrivacy(ctx: TenantContext, record: PrivacyRecord, integrationId: string | null): Promise<void> {
  switch (record.request) {
    case 'erasure':
      requireSubject(record);
      return applyErasure(ctx, record, integrationId);
    case 'deletion':
      requireSubject(record);
      return applyDeletion(ctx, record, integrationId);
    case 'data_request': {
      requireSubject(record);
      const { customerId, proposedId, hash } = await subjectOf(ctx, record.source, record.subject);
      // Her orders may be on their way still: the request then finds her when its file is made.
      await keepRequest(ctx.db, { ...requestOf(ctx, record, integrationId, hash), customerId: customerId ?? proposedId, state: 'open', dueAt: dueAt(record.requestedAt), finishedAt: null });
      return;
    }
    case 'shop_erasure':
      await askShopErasure(ctx, record, integrationId, dueAt(record.requestedAt));
      return;
    case 'uninstalled':
      if (integrationId !== null) await markUninstalled(ctx.db, integrationId, record.requestedAt);
      await keepRequest(ctx.db, { ...requestOf(ctx, record, integrationId, null), customerId: null, state: 'done', dueAt: null, finishedAt: ctx.clock.now().toISOString() });
      return;
    default:
      return assertNever(record.request);
  }
}

function viewOf(row: PrivacyRequestRow): PrivacyRequestView {
  const { id, kind, source, customerId, state, requestedAt, dueAt: due, finishedAt, finishedBy, result, error } = row;
  return { id, kind, source, customerId, state, requestedAt, dueAt: due, finishedAt, finishedBy, result, error };
}

/** Open ones first, then the newest; the last 500. */
export async function listPrivacyRequests(ctx: TenantContext): Promise<PrivacyRequestView[]> {
  requirePermission(ctx, 'privacy:read');
  return (await listRequests(ctx.db, LISTED)).map(viewOf);
}

export interface NewPrivacyRequest {
  kind: 'erasure' | 'data_request';
  customerId: string;
}

const uuid = z.uuid();
const BY_HAND = 'manual';

/**
 * An erasure is done when this answers, and cannot be undone; a request for her data is kept open with its due day.
 * @throws AppError `not_found` when there is no such customer
 */
export async function makePrivacyRequest(ctx: TenantContext, input: NewPrivacyRequest): Promise<PrivacyRequestView> {
  requirePermission(ctx, 'privacy:manage');
  if (!uuid.safeParse(input.customerId).success || !(await customerExists(ctx.db, input.customerId))) throw new AppError('not_found', 'There is no such customer');
  const requestedAt = ctx.clock.now().toISOString();
  const request = requestOf(ctx, { source: BY_HAND, externalId: v7(), request: input.kind, requestedAt }, null, null);
  const noted = audited(ctx, { action: 'privacy.requested', target: { kind: 'customer', id: input.customerId }, detail: { request: input.kind } });
  if (input.kind === 'erasure') await eraseCustomer(noted, request, input.customerId);
  else await keepRequest(noted.db, { ...request, customerId: input.customerId, state: 'open', dueAt: dueAt(requestedAt), finishedAt: null });
  const kept = await readRequest(ctx.db, request.id);
  if (!kept) throw new AppError('internal', 'The request was not kept');
  ctx.log.info('privacy.requested', { requestId: kept.id, kind: kept.kind, result: kept.result });
  return viewOf(kept);
}
