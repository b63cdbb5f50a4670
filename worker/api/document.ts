/** The API described: OpenAPI 3.1 for programs, and the same document as one readable page. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { CLOSED_POLICY, makeNonce } from '#worker/context/security-headers';
import type { ApiEnv } from './api-env.ts';
import { documentPage } from './document-page.ts';
import { filterSchemas } from './filter-schema.ts';

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'Perennial API',
    version: '1',
    description: 'Orders in, customer value out. Amounts go in as decimal text or number and come out as { amount, currency }; '
      + 'times are ISO 8601 UTC, days YYYY-MM-DD in the time zone of the company. Errors are application/problem+json with a stable code.',
  },
  security: [],
};

/** Adds `/openapi.json` and `/docs`; called after every route is mounted. */
export function documentApi(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http', scheme: 'bearer', description: 'An access token of /auth/login, or an API key (pk_…)',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey', in: 'cookie', name: 'perennial_session', description: 'The session of the pages; writes need the header X-Requested-With: perennial',
  });
  const describe = () => {
    const made = app.getOpenAPI31Document(ABOUT);
    // Routes are mounted below /api by the Worker, which this app does not know.
    return { ...made, components: { ...made.components, schemas: { ...made.components?.schemas, ...filterSchemas() } }, paths: Object.fromEntries(Object.entries(made.paths ?? {}).map(([path, item]) => [`/api${path}`, item])) };
  };
  app.get('/openapi.json', (c) => c.json(describe(), 200, { 'cache-control': 'public, max-age=300' }));
  app.get('/docs', (c) => {
    const nonce = makeNonce();
    c.header('content-security-policy', `${CLOSED_POLICY}; style-src 'nonce-${nonce}'`);
    return c.html(documentPage(describe(), nonce));
  });
}
