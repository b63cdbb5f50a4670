/** Segments: kept, counted before they are kept, who is in them, who came and went, and why. */
import { z } from '@hono/zod-openapi';
import { AppError } from '#core/errors';
import { MOST_FOLDER, MOST_TAG } from '#core/segments/filing';
import type { Filter } from '#core/segments/filter';
import { clusterRule } from '#operations/cluster-rule';
import { explainMembership } from '#operations/segment-explain';
import { listSegmentCustomers, segmentHistory, segmentsOfCustomer } from '#operations/segment-members';
import { listArchivedSegments } from '#operations/segment-archive';
import { addToList, listChangeSchema, listPeople, listSegmentSchema, MOST_LIST_CHARACTERS, removeFromList, removeOneFromList, uploadList } from '#operations/segment-lists';
import { compareSegments } from '#operations/segment-overlap';
import { previewSegment, segmentChoices } from '#operations/segment-preview';
import type { ListChange } from '#operations/segment-lists';
import { filterTexts, readFilterText } from '#operations/segment-text';
import { archiveSegment, changeSegment, createSegment, getSegment, listSegments, newSegmentSchema, restoreSegment, segmentChangeSchema } from '#operations/segments';
import type { SegmentView } from '#operations/segment-views';
import type { TenantContext } from '#worker/ports';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { changeOut, changeShape, listChangeShape, listEntryShape, unknownShape, closenessShape, clusterRuleShape, filterShape, memberOut, memberShape, overlapOut, overlapShape, previewOut, previewShape, restoreShape, segmentOut, segmentShape, standingShape, textShape } from './segment-shapes.ts';
import { idParam, page } from './shapes.ts';

/** Either form of a filter. */
const either = { filter: filterShape.optional(), text: textShape.optional() };

/** A list's letters may take four bytes each, and there are the quotes around them. */
const LIST_BYTES = 4 * MOST_LIST_CHARACTERS + 16_384;

/** @throws AppError `invalid_input` for both or none */
async function filterIn(ctx: TenantContext, { filter, text }: { filter?: Filter | undefined; text?: string | undefined }): Promise<Filter> {
  if (filter !== undefined && text === undefined) return filter;
  if (text !== undefined && filter === undefined) return readFilterText(ctx, text);
  throw new AppError('invalid_input', 'Send either "filter" or "text"', { errors: [{ path: 'filter', message: 'Send the filter as a tree in "filter", or in words in "text"' }] });
}

async function out(ctx: TenantContext, view: SegmentView): Promise<z.infer<typeof segmentShape>> {
  const [text = ''] = await filterTexts(ctx, [view.filter]);
  return segmentOut(view, text);
}

async function listChangeOut(ctx: TenantContext, { segment, changed, ...rest }: ListChange): Promise<z.infer<typeof listChangeShape>> {
  return { ...rest, segment: await out(ctx, segment), changed: changed.length };
}

export function segmentsApi() {
  const app = apiHono();

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments', tags: ['segments'], summary: 'Segments by name, without the archived',
    request: { query: z.object({
      folder: z.string().max(MOST_FOLDER).optional().openapi({ description: 'In this folder, whatever its case; empty: in none' }), tag: z.string().max(MOST_TAG).optional().openapi({ description: 'With this tag, whatever its case' }),
    }) },
    responses: { 200: { description: 'All of them', content: json(z.object({ rows: z.array(segmentShape) })) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const views = await listSegments(ctx, c.req.valid('query'));
    const texts = await filterTexts(ctx, views.map((view) => view.filter));
    return c.json({ rows: views.map((view, i) => segmentOut(view, texts[i] ?? '')) }, 200);
  });

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments', tags: ['segments'], summary: 'Make a segment', description: 'Its members are found before the answer.',
    request: { body: { required: true, content: json(newSegmentSchema.omit({ filter: true }).extend(either)) } },
    responses: { 201: { description: 'The segment', content: json(segmentShape) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const { filter, text, ...rest } = c.req.valid('json');
    return c.json(await out(ctx, await createSegment(ctx, { ...rest, filter: await filterIn(ctx, { filter, text }) })), 201);
  });

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments/lists', tags: ['segments'], summary: 'Make a segment of a list',
    description: 'E-mail addresses, ids at a platform or our own ids, one a line or as CSV. Whom a name leads to now is on it; who becomes known later is not, unless put on it.',
    request: { body: { required: true, content: json(listSegmentSchema) } },
    responses: { 201: { description: 'The segment, and who is not known', content: json(z.object({
      segment: segmentShape, names: z.int().openapi({ description: 'Read, each once' }), unknown: unknownShape,
    })) } },
  }, LIST_BYTES), async (c) => {
    const ctx = c.get('ctx'), { segment, ...rest } = await uploadList(ctx, c.req.valid('json'));
    return c.json({ segment: await out(ctx, segment), ...rest }, 201);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}/list', tags: ['segments'], summary: 'Who stands on a list', description: 'Of a segment that was made of a list, whether it has them as members or not. In an order that stays while people come and go.',
    request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'A page', content: json(z.object({ people: z.int().openapi({ description: 'On the whole list' }), rows: z.array(listEntryShape), nextCursor: z.string().nullable() })) } },
  }), async (c) => c.json(await listPeople(c.get('ctx'), c.req.valid('param').id, c.req.valid('query')), 200));

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments/{id}/list', tags: ['segments'], summary: 'Put people on a list', description: 'Named as when the list was brought. Their memberships follow before the answer, with `list` as the cause.',
    request: { params: idParam, body: { required: true, content: json(listChangeSchema) } },
    responses: { 200: { description: 'What it came to', content: json(listChangeShape) } },
  }, LIST_BYTES), async (c) => {
    const ctx = c.get('ctx');
    return c.json(await listChangeOut(ctx, await addToList(ctx, c.req.valid('param').id, c.req.valid('json'))), 200);
  });

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments/{id}/list/removals', tags: ['segments'], summary: 'Take people off a list', description: 'Named as when the list was brought. Their memberships follow before the answer, with `list` as the cause.',
    request: { params: idParam, body: { required: true, content: json(listChangeSchema) } },
    responses: { 200: { description: 'What it came to', content: json(listChangeShape) } },
  }, LIST_BYTES), async (c) => {
    const ctx = c.get('ctx');
    return c.json(await listChangeOut(ctx, await removeFromList(ctx, c.req.valid('param').id, c.req.valid('json'))), 200);
  });

  app.openapi(route('segments:write', {
    method: 'delete', path: '/segments/{id}/list/{customerId}', tags: ['segments'], summary: 'Take one customer off a list', request: { params: idParam.extend({ customerId: z.string() }) },
    responses: { 204: { description: 'Taken off' } },
  }), async (c) => {
    const { id, customerId } = c.req.valid('param');
    await removeOneFromList(c.get('ctx'), id, customerId);
    return c.body(null, 204);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/archived', tags: ['segments'], summary: 'Archived segments, the latest first', request: { query: z.object(page) },
    responses: { 200: { description: 'A page', content: json(z.object({ rows: z.array(segmentShape), nextCursor: z.string().nullable() })) } },
  }), async (c) => {
    const ctx = c.get('ctx'), { rows, nextCursor } = await listArchivedSegments(ctx, c.req.valid('query'));
    const texts = await filterTexts(ctx, rows.map((view) => view.filter));
    return c.json({ rows: rows.map((view, i) => segmentOut(view, texts[i] ?? '')), nextCursor }, 200);
  });

  app.openapi(route('segments:read', {
    method: 'post', path: '/segments/preview', tags: ['segments'], summary: 'Who would be in', description: 'Keeps nothing. Beyond a million customers the first answer is an estimate; ask again with exact.',
    request: { body: { required: true, content: json(z.strictObject({ ...either, exact: z.boolean().optional() })) } },
    responses: { 200: { description: 'Count, value and breakdown', content: json(previewShape) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const { exact, ...body } = c.req.valid('json');
    return c.json(previewOut(await previewSegment(ctx, { filter: await filterIn(ctx, body), exact })), 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/choices', tags: ['segments'], summary: 'Values of the company’s own data that a filter may name',
    responses: { 200: { description: 'By what they are of, the most frequent first', content: json(z.record(z.string(), z.array(z.object({ value: z.string(), label: z.string() })))) } },
  }), async (c) => c.json(await segmentChoices(c.get('ctx')), 200));

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/overlap', tags: ['segments'], summary: 'What segments share', description: 'Exact counts and value of every way of being in some and not in others; of exactly two also how they differ.',
    request: { query: z.object({ ids: z.string().max(400, 'Write two to six ids of segments').optional().openapi({ description: 'Two to six ids with commas between; without it the largest five' }) }) },
    responses: { 200: { description: 'Counts, the largest first', content: json(overlapShape) } },
  }), async (c) => {
    const { ids } = c.req.valid('query');
    return c.json(overlapOut(await compareSegments(c.get('ctx'), ids === undefined ? null : ids.split(',').map((id) => id.trim()))), 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}', tags: ['segments'], summary: 'One segment', request: { params: idParam },
    responses: { 200: { description: 'The segment', content: json(segmentShape) } },
  }), async (c) => c.json(await out(c.get('ctx'), await getSegment(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('segments:write', {
    method: 'patch', path: '/segments/{id}', tags: ['segments'], summary: 'Change a segment', description: 'A new filter finds the members anew before the answer. Who is in a paused segment stays. One of kind cluster takes a filter only with "kind": "rule", which gives its centres up.',
    request: { params: idParam, body: { required: true, content: json(segmentChangeSchema.omit({ filter: true }).extend(either)) } },
    responses: { 200: { description: 'The segment', content: json(segmentShape) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const { filter, text, ...rest } = c.req.valid('json');
    const change = filter === undefined && text === undefined ? rest : { ...rest, filter: await filterIn(ctx, { filter, text }) };
    return c.json(await out(ctx, await changeSegment(ctx, c.req.valid('param').id, change)), 200);
  });

  app.openapi(route('segments:write', {
    method: 'delete', path: '/segments/{id}', tags: ['segments'], summary: 'Archive a segment', description: 'Its members leave it; its history stays.', request: { params: idParam },
    responses: { 204: { description: 'Archived' } },
  }), async (c) => {
    await archiveSegment(c.get('ctx'), c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments/{id}/restore', tags: ['segments'], summary: 'Bring an archived segment back',
    description: 'Under its id, with its history; its members are found anew before the answer. Send a `name` where another segment has its own by now.',
    request: { params: idParam, body: { required: true, content: json(restoreShape) } },
    responses: { 200: { description: 'The segment', content: json(segmentShape) } },
  }), async (c) => c.json(await out(c.get('ctx'), await restoreSegment(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 200));

  app.openapi(route('segments:write', {
    method: 'get', path: '/segments/{id}/rule', tags: ['segments'], summary: 'The rule that a segment of kind cluster can be turned into',
    description: 'Learned from who is in it today by a shallow tree, with how well it names them. Nothing is kept: send the filter with PATCH and "kind": "rule".', request: { params: idParam },
    responses: { 200: { description: 'The rule', content: json(clusterRuleShape) } },
  }), async (c) => {
    const found = await clusterRule(c.get('ctx'), c.req.valid('param').id);
    const [text = ''] = await filterTexts(c.get('ctx'), [found.filter]);
    return c.json({ ...found, text }, 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}/customers', tags: ['segments'], summary: 'Members', description: 'In an order that stays while people come and go.', request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'A page', content: json(z.object({ rows: z.array(memberShape), nextCursor: z.string().nullable() })) } },
  }), async (c) => {
    const { currency, rows, nextCursor } = await listSegmentCustomers(c.get('ctx'), c.req.valid('param').id, c.req.valid('query'));
    return c.json({ rows: rows.map((row) => memberOut(row, currency)), nextCursor }, 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}/history', tags: ['segments'], summary: 'Who entered and left, newest first, and what caused it', request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'A page', content: json(z.object({ rows: z.array(changeShape), nextCursor: z.string().nullable() })) } },
  }), async (c) => {
    const { rows, nextCursor } = await segmentHistory(c.get('ctx'), c.req.valid('param').id, c.req.valid('query'));
    return c.json({ rows: rows.map(changeOut), nextCursor }, 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}/explain', tags: ['segments'], summary: 'Why somebody is in, or is not',
    request: { params: idParam, query: z.object({ customerId: z.uuid('Write the id of a customer'), on: z.string().max(10).optional().openapi({ description: 'YYYY-MM-DD: as of the end of a past day' }) }) },
    responses: { 200: { description: 'Clause by clause', content: json(z.object({
      segmentId: z.string(), customerId: z.string(), at: z.string(), isMember: z.boolean(), last: standingShape.openapi({ description: 'What brought her in or took her out last' }),
      explanation: z.unknown().openapi({ type: 'object', description: 'The filter’s tree; each part with holds, what it saw, since (what turned it last) and turns (when time alone will)' }),
      nearest: closenessShape,
      isAsOf: z.boolean().openapi({ description: 'False: of a past day some of what the clauses saw is today’s, since it is not kept of every day, or the clauses are' }),
      redefinedAt: z.string().nullable().openapi({ description: 'When the segment got the conditions of today, where that was after the day that is asked about: its members then were found by others' }),
    })) } },
  }), async (c) => {
    const { customerId, on } = c.req.valid('query');
    const { currency: _, ...found } = await explainMembership(c.get('ctx'), c.req.valid('param').id, customerId, { on });
    return c.json(found, 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/customers/{id}/segments', tags: ['customers'], summary: 'Segments, those the customer is in first', request: { params: idParam },
    responses: { 200: { description: 'All that are not archived', content: json(z.object({ rows: z.array(z.object({
      id: z.string(), name: z.string(), status: z.enum(['live', 'paused']), isMember: z.boolean(), since: z.string().nullable(), score: z.number().nullable(),
    })) })) } },
  }), async (c) => c.json({ rows: (await segmentsOfCustomer(c.get('ctx'), c.req.valid('param').id)).map(({ last: _, ...row }) => row) }, 200));

  return app;
}
