/** Fitted models: the one that serves, every run with its evidence, and fitting anew. */
import { z } from '@hono/zod-openapi';
import { getModelRun, getModelStatus, listLearnedModels, listModelRuns, pinModel, refitModel } from '#operations/models';
import { apiHono } from './api-hono.ts';
import { listModelTests, startModelTest, stopModelTest, TEST_DAYS } from '#operations/model-tests';
import { modelRun, modelStatus, modelTest } from './model-shapes.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

export function modelsApi() {
  const app = apiHono();

  app.openapi(route('models:read', {
    method: 'get', path: '/models', tags: ['value'], summary: 'The serving model and the last runs',
    responses: { 200: { description: 'Newest first', content: json(z.object({ serving: modelStatus, rows: z.array(modelRun), learned: z.array(modelRun).openapi({ description: 'Who will leave, and how much customers will spend' }) })) } },
  }), async (c) => {
    const [serving, rows, learned] = await Promise.all([getModelStatus(c.get('ctx')), listModelRuns(c.get('ctx')), listLearnedModels(c.get('ctx'))]);
    return c.json({ serving, rows, learned }, 200);
  });

  app.openapi(route('models:read', {
    method: 'get', path: '/models/tests', tags: ['value'], summary: 'Tests of two versions',
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(modelTest) })) } },
  }), async (c) => c.json({ rows: await listModelTests(c.get('ctx')) }, 200));

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
    method: 'put', path: '/models/pin', tags: ['value'], summary: 'Keep one model serving',
    description: 'Of repeat buying (`of` value: mbg-nbd, bg-nbd, pareto-nbd) of who is likely to leave (`of` churn: rhythm, logistic, forest, boosted) or of how much customers will spend (`of` spend: probabilistic, boosted, ridge). Then fits or learns, and rescores. `null` gives the choice back to the evidence: another model serves only when it forecast better beyond chance.',
    request: { body: { required: true, content: json(z.strictObject({ model: z.enum(['mbg-nbd', 'bg-nbd', 'pareto-nbd', 'rhythm', 'logistic', 'forest', 'boosted', 'probabilistic', 'ridge']).nullable(), of: z.enum(['value', 'churn', 'spend']).default('value') })) } },
    responses: { 200: { description: 'The model that serves now', content: json(modelStatus) } },
  }), async (c) => c.json(await pinModel(c.get('ctx'), c.req.valid('json')), 200));

  app.openapi(route('models:refit', {
    method: 'post', path: '/models/tests', tags: ['value'], summary: 'Test another model beside the one that serves',
    description: 'Customers are parted by a hash of their id; each version values its own. When the days have passed, both are held against what came.',
    request: { body: { required: true, content: json(z.strictObject({ challenger: z.enum(['mbg-nbd', 'bg-nbd', 'pareto-nbd']), share: z.number().min(0.01).max(0.99), days: z.int().min(TEST_DAYS.least).max(TEST_DAYS.most) })) } },
    responses: { 201: { description: 'The test', content: json(modelTest) } },
  }), async (c) => c.json(await startModelTest(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('models:refit', {
    method: 'delete', path: '/models/tests/{id}', tags: ['value'], summary: 'Stop a test without a verdict',
    request: { params: idParam }, responses: { 204: { description: 'Stopped' } },
  }), async (c) => {
    await stopModelTest(c.get('ctx'), c.req.valid('param').id);
    return c.body(null, 204);
  });

  return app;
}
