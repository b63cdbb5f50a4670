/** Groups of customers that are alike: looked for by a job, and what was found. */
import { z } from '@hono/zod-openapi';
import { cancelDiscovery, getDiscovery, listDiscoveries, removeDiscovery, startDiscovery } from '#operations/discoveries';
import { DISCOVERY_STATES, discoveryRequest } from '#operations/discovery-views';
import type { DiscoveryResult, DiscoveryView } from '#operations/discovery-views';
import { saveCluster, saveClusterSchema } from '#operations/save-cluster';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const share = z.number();
const fidelity = z.object({
  precision: share.nullable().openapi({ description: 'Of those it names, how many are in the cluster; null when it names nobody' }),
  recall: share.openapi({ description: 'Of the cluster, how many it names' }), agreement: share, named: z.int(),
});

const clusterShape = z.object({
  cluster: z.int(), name: z.string(), size: z.int(), share,
  means: z.record(z.string(), z.number()).openapi({ description: 'By feature; money in whole units of `currency`' }),
  deviations: z.record(z.string(), z.number()).openapi({ description: 'In standard deviations from everybody’s mean, of the prepared features' }),
  stability: z.number().nullable().openapi({ description: 'Bootstrap Jaccard: above 0.75 stable, below 0.6 not to be trusted' }),
  rule: z.array(z.array(z.object({ feature: z.string(), above: z.number().nullable(), most: z.number().nullable() })))
    .openapi({ description: 'Members by a shallow tree: all bounds of any of these; bounds are `> above` and `≤ most`' }),
  ruleFidelity: fidelity,
  nearestFidelity: fidelity.nullable().openapi({ description: 'Of assigning by the nearest centre; null with one cluster' }),
});

const resultShape = z.object({
  asOf: z.string(), currency: z.string(), features: z.array(z.string()), clusters: z.array(clusterShape), noise: z.int().openapi({ description: 'Customers in no cluster (DBSCAN)' }),
  overall: z.record(z.string(), z.number()), silhouette: z.number(), daviesBouldin: z.number().nullable(),
  suggestion: z.object({ k: z.int(), byGap: z.int(), trials: z.array(z.object({ k: z.int(), silhouette: z.number().nullable(), gap: z.number(), gapError: z.number() })) }).nullable(),
  eps: z.number().nullable(), minPoints: z.number().nullable(),
  map: z.object({ axes: z.array(z.object({ loadings: z.record(z.string(), z.number()), explained: share })), points: z.array(z.object({ cluster: z.int(), x: z.number(), y: z.number() })) }),
  notes: z.array(z.string()),
}).openapi('DiscoveryResult');

const summaryShape = z.object({
  id: z.uuid(), state: z.enum(DISCOVERY_STATES), progress: share, stage: z.string().nullable(), request: discoveryRequest, customers: z.int().nullable(), clusters: z.int().nullable(),
  error: z.string().nullable(), createdBy: z.string().nullable(), createdAt: z.string(), finishedAt: z.string().nullable(),
}).openapi('DiscoverySummary');

const discoveryShape = summaryShape.extend({ result: resultShape.nullable(), withinName: z.string().nullable() }).openapi('Discovery');

export function discoveriesApi() {
  const app = apiHono();

  app.openapi(route('segments:write', {
    method: 'post', path: '/segments/discover', tags: ['segments'], summary: 'Look for groups of customers that are alike',
    description: 'Works in the background: follow GET /discoveries/{id} until `state` is done. Everything but `features` has a default; without `k` the number of clusters is suggested by silhouette, with the gap statistic beside it. `within` looks inside a segment, or inside a cluster that was found before. Numbers are pulled in at the ends, made logarithms where they are skewed, and scaled.',
    request: { body: { required: true, content: json(discoveryRequest.openapi('DiscoveryRequest')) } },
    responses: { 202: { description: 'Asked for', content: json(discoveryShape) } },
  }), async (c) => c.json(discoveryOut(await startDiscovery(c.get('ctx'), c.req.valid('json'))), 202));

  app.openapi(route('segments:read', {
    method: 'get', path: '/discoveries', tags: ['segments'], summary: 'The last twenty discoveries, newest first',
    responses: { 200: { description: 'Without what they found', content: json(z.object({ rows: z.array(summaryShape) })) } },
  }), async (c) => c.json({ rows: await listDiscoveries(c.get('ctx')) }, 200));

  app.openapi(route('segments:read', {
    method: 'get', path: '/discoveries/{id}', tags: ['segments'], summary: 'A discovery: how far it is, and what it found',
    request: { params: idParam },
    responses: { 200: { description: 'The discovery; `result` is null until it is done', content: json(discoveryShape) } },
  }), async (c) => c.json(discoveryOut(await getDiscovery(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('segments:write', {
    method: 'post', path: '/discoveries/{id}/cancel', tags: ['segments'], summary: 'Stop a discovery',
    request: { params: idParam },
    responses: { 200: { description: 'As it is now; one that had ended is left as it was', content: json(discoveryShape) } },
  }), async (c) => c.json(discoveryOut(await cancelDiscovery(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('segments:write', {
    method: 'post', path: '/discoveries/{id}/segments', tags: ['segments'], summary: 'Keep a cluster as a live segment',
    description: '`rule` keeps the conditions that tell it (see `ruleFidelity`), which people can read and change; `nearest` keeps the centres, and customers come and go as they draw nearer to one or another.',
    request: { params: idParam, body: { required: true, content: json(saveClusterSchema.openapi('SaveCluster')) } },
    responses: { 201: { description: 'The segment', content: json(z.object({ id: z.uuid(), name: z.string(), kind: z.enum(['rule', 'cluster']), members: z.int() })) } },
  }), async (c) => {
    const { id, name, kind, members } = await saveCluster(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'));
    return c.json({ id, name, kind, members }, 201);
  });

  app.openapi(route('segments:write', {
    method: 'delete', path: '/discoveries/{id}', tags: ['segments'], summary: 'Remove a discovery',
    request: { params: idParam },
    responses: { 204: { description: 'Removed; segments made of it stay' } },
  }), async (c) => {
    await removeDiscovery(c.get('ctx'), c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}

function discoveryOut({ result, ...view }: DiscoveryView) {
  return { ...view, result: result === null ? null : resultOut(result) };
}

function resultOut({ clusters, axes, points, steps: _steps, silhouetteOn: _on, ...rest }: DiscoveryResult) {
  return {
    ...rest,
    clusters: clusters.map(({ label, centre: _centre, ...cluster }) => ({ cluster: label, ...cluster })),
    map: {
      axes: axes.map(({ loadings, explained }) => ({ explained, loadings: Object.fromEntries(rest.features.map((name, f) => [name, loadings[f] ?? 0])) })),
      points: points.map(({ label, x, y }) => ({ cluster: label, x, y })),
    },
  };
}
