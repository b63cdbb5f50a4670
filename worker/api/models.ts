/** Fitted models: the one that serves, every run with its evidence, and fitting anew. */
import { z } from '@hono/zod-openapi';
import { getModelRun, getModelStatus, listModelRuns, pinModel, refitModel } from '#operations/models';
import { apiHono } from './api-hono.ts';
import { modelRun, modelStatus } from './model-shapes.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

export function modelsApi() {
  const app = apiHono();

  app.openapi(route('models:read', {
    method: 'get', path: '/models', tags: ['value'], summary: 'The serving model and the last runs',
    responses: { 200: { description: 'Newest first', content: json(z.object({ serving: modelStatus, rows: z.array(modelRun) })) } },
  }), async (c) => {
    const [serving, rows] = await Promise.all([getModelStatus(c.get('ctx')), listModelRuns(c.get('ctx'))]);
    return c.json({ serving, rows }, 200);
  });

  app.openapi(route('models:read', {
    method: 'get', path: '/models/{id}', tags: ['value'], summary: 'One run with its evidence',
    request: { params: idParam }, responses: { 200: { description: 'The run', content: json(modelRun) } },
  }), async (c) => c.json(await getModelRun(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('models:refit', {
    method: 'post', path: '/models/refit', tags: ['value'], summary: 'Fit anew and rescore everybody',
    description: 'A fit that fails leaves the last good model serving and says so.',
    responses: { 200: { description: 'The model that serves now', content: json(modelStatus) } },
  }), async (c) => c.json(await refitModel(c.get('ctx'), { cause: 'asked' }), 200));

  app.openapi(route('models:refit', {
    method: 'put', path: '/models/pin', tags: ['value'], summary: 'Keep one model of repeat buying serving',
    description: 'Then fits and rescores. `null` gives the choice back to the evidence: another model serves only when it forecast better beyond chance.',
    request: { body: { required: true, content: json(z.strictObject({ model: z.enum(['mbg-nbd', 'bg-nbd', 'pareto-nbd']).nullable() })) } },
    responses: { 200: { description: 'The model that serves now', content: json(modelStatus) } },
  }), async (c) => c.json(await pinModel(c.get('ctx'), c.req.valid('json')), 200));

  return app;
}
