/** The public API: one gate in front, one file a noun, one place where errors become answers. */
import { AppError } from '#core/errors';
import { rateHeaders, RateLimited } from '#worker/context/limits';
import { accountApi } from './account.ts';
import { apiHono } from './api-hono.ts';
import { auditApi } from './audit.ts';
import { authApi } from './auth.ts';
import { benchmarksApi } from './benchmarks.ts';
import { companyApi } from './company.ts';
import { cors } from './cors.ts';
import { customersApi } from './customers.ts';
import { deadLettersApi } from './dead-letters.ts';
import { documentApi } from './document.ts';
import { eventsApi } from './events.ts';
import { gate } from './gate.ts';
import { importsApi } from './imports.ts';
import { importMappingsApi } from './import-mappings.ts';
import { integrationsApi } from './integrations.ts';
import { backfillsApi } from './backfills.ts';
import { reconciliationApi } from './reconciliation.ts';
import { liveApi } from './live.ts';
import { modelsApi } from './models.ts';
import { privacyApi } from './privacy.ts';
import { problemResponse } from './problem.ts';
import { publicEvents } from './public-events.ts';
import { qualityApi } from './quality.ts';
import { recordsApi } from './records.ts';
import { requestId } from './request-id.ts';
import { runsApi } from './runs.ts';
import { salesApi } from './sales.ts';
import { subscriptionsApi } from './subscriptions.ts';
import { teamApi } from './team.ts';
import { valueApi } from './value.ts';

/** Mounted at `/api` by the Worker, which sets `edge`. */
export function apiApp() {
  const app = apiHono();
  app.use('*', requestId);
  app.use('/v1/*', cors);
  app.use('/v1/events', publicEvents);
  app.use('/v1/*', gate);

  app.route('/v1', authApi());
  app.route('/v1', accountApi());
  app.route('/v1', companyApi());
  app.route('/v1', teamApi());
  app.route('/v1', auditApi());
  app.route('/v1', recordsApi());
  app.route('/v1', importsApi());
  app.route('/v1', importMappingsApi());
  app.route('/v1', deadLettersApi());
  app.route('/v1', qualityApi());
  app.route('/v1', integrationsApi());
  app.route('/v1', backfillsApi());
  app.route('/v1', reconciliationApi());
  app.route('/v1', customersApi());
  app.route('/v1', privacyApi());
  app.route('/v1', valueApi());
  app.route('/v1', subscriptionsApi());
  app.route('/v1', benchmarksApi());
  app.route('/v1', modelsApi());
  app.route('/v1', runsApi());
  app.route('/v1', eventsApi());
  app.route('/v1', salesApi());
  app.route('/v1', liveApi());
  documentApi(app);

  app.all('*', () => {
    throw new AppError('not_found', 'There is no such address in this API; see /api/docs');
  });
  app.onError((error, c) => {
    const { requestId, visitor } = c.get('edge');
    if (!(error instanceof AppError) || error.code === 'internal' || error.code === 'unavailable') {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      visitor.log.error('api.failed', { path: c.req.path, method: c.req.method, reason: error.message, cause, stack: error.stack });
    }
    const answer = problemResponse(error, requestId);
    if (error instanceof RateLimited) for (const [name, value] of rateHeaders(error.decision)) answer.headers.set(name, value);
    return answer;
  });
  return app;
}
