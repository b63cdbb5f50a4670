/** The public API: one gate in front, one file a noun, one place where errors become answers. */
import { HTTPException } from 'hono/http-exception';
import { AppError } from '#core/errors';
import { rateHeaders, RateLimited } from '#worker/context/limits';
import { accountApi } from './account.ts';
import { actionsApi } from './actions.ts';
import { apiHono } from './api-hono.ts';
import { auditApi } from './audit.ts';
import { authApi } from './auth.ts';
import { benchmarksApi } from './benchmarks.ts';
import { companyApi } from './company.ts';
import { cors } from './cors.ts';
import { customersApi } from './customers.ts';
import { deadLettersApi } from './dead-letters.ts';
import { discoveriesApi } from './discoveries.ts';
import { documentApi } from './document.ts';
import { eventsApi } from './events.ts';
import { forecastApi } from './forecast.ts';
import { gate } from './gate.ts';
import { importsApi } from './imports.ts';
import { importMappingsApi } from './import-mappings.ts';
import { integrationsApi } from './integrations.ts';
import { backfillsApi } from './backfills.ts';
import { reconciliationApi } from './reconciliation.ts';
import { liveApi } from './live.ts';
import { modelsApi } from './models.ts';
import { oauthApi } from './oauth.ts';
import { patternsApi } from './patterns.ts';
import { privacyApi } from './privacy.ts';
import { problemResponse } from './problem.ts';
import { publicEvents } from './public-events.ts';
import { qualityApi } from './quality.ts';
import { recordsApi } from './records.ts';
import { requestId } from './request-id.ts';
import { rfmApi } from './rfm.ts';
import { runsApi } from './runs.ts';
import { salesApi } from './sales.ts';
import { segmentsApi } from './segments.ts';
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
  app.route('/v1', oauthApi());
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
  app.route('/v1', actionsApi());
  app.route('/v1', segmentsApi());
  app.route('/v1', privacyApi());
  app.route('/v1', valueApi());
  app.route('/v1', rfmApi());
  app.route('/v1', discoveriesApi());
  app.route('/v1', patternsApi());
  app.route('/v1', forecastApi());
  app.route('/v1', subscriptionsApi());
  app.route('/v1', benchmarksApi());
  app.route('/v1', modelsApi());
  app.route('/v1', runsApi());
  app.route('/v1', eventsApi());
  app.route('/v1', salesApi());
  app.route('/v1', liveApi());
  documentApi(app);

  const methodsAt = methodFinder(app);
  app.all('*', (c) => {
    const methods = methodsAt(c.req.path);
    if (methods.length === 0) throw new AppError('not_found', 'There is no such address in this API; see /api/docs');
    const answer = problemResponse(new AppError('method_not_allowed', `This address takes ${methods.join(', ')}`), c.get('edge').requestId);
    answer.headers.set('allow', methods.join(', '));
    return answer;
  });
  app.onError((thrown, c) => {
    const { requestId, visitor } = c.get('edge');
    const error = ownWords(thrown);
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

/** The framework refuses some bodies before a route sees them. */
function ownWords(error: Error): Error {
  if (!(error instanceof HTTPException)) return error;
  if (error.status === 415) return new AppError('unsupported_media', 'Send the body as application/json, and say so in the header Content-Type', { cause: error });
  return error.status < 500 ? new AppError('invalid_input', 'The request cannot be read', { cause: error }) : error;
}

/** Which methods an address of the API takes, none when there is no such address. */
function methodFinder(app: ReturnType<typeof apiHono>): (path: string) => string[] {
  const routes = app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : [])).map(({ method, path }) => ({
    method: method.toUpperCase(), address: new RegExp(`^/api${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (path) => [...new Set(routes.filter(({ address }) => address.test(path)).map(({ method }) => method))].sort();
}
