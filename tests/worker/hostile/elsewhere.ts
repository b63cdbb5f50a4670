/** Hostile requests to what the API document does not describe: webhooks, events by write key, pages and their forms, and addresses of nothing. */
import { chance, pick } from '#core/math/random';
import type { Random } from '#core/math/random';
import type { HostileRequest } from './requests.ts';
import { hostileText, hostileValue } from './values.ts';

/** Forms of pages, each with something that cannot be: an intent of nobody, an id of nothing, a value outside its field. */
const FORMS: readonly (readonly [path: string, fields: readonly string[], fixed: string])[] = [
  ['/settings', ['currency', 'day', 'rate'], 'intent=rate&rate=x'], ['/settings', ['mfaRole'], 'intent=mfa-policy&mfaRole=emperor'], ['/settings', ['currency', 'day'], 'intent=remove-rate&day=never'],
  ['/settings', ['name', 'currency', 'timeZone'], 'intent=company&horizonDays=1'], ['/settings', [], 'intent=retention&keepYears=-4'], ['/settings', [], 'intent=api-origins&apiOrigins=*'],
  ['/team', ['id', 'role', 'email'], 'intent=nobody'], ['/team', ['email'], 'intent=invite&role=emperor'], ['/api-keys', ['name', 'scopes'], 'intent=revoke&id=x'], ['/api-keys', ['name'], 'intent=create&role=emperor'],
  ['/events', ['name'], 'intent=create&origins=nowhere'], ['/events', [], 'intent=on&id=x'], ['/nights', ['id'], 'intent=nobody'], ['/models', ['model'], 'intent=nobody'], ['/sales', ['first', 'second'], 'intent=pair&first=x'], ['/import', ['id', 'name'], 'intent=nobody'],
  ['/account', ['session', 'name'], 'intent=nobody'], ['/account', [], 'intent=end-session&session=x'], ['/account', ['newPassword'], 'intent=password&newPassword=short'], ['/integrations', ['platform'], 'intent=nobody&platform=nothing'],
  ['/integrations/x', ['id'], 'intent=remove'], ['/customers/x', ['into'], 'intent=merge'], ['/quality/dead-letters/x', ['payload'], 'intent=mend'], ['/quality/dead-letters', ['id'], 'intent=replay&id=x'], ['/quality', ['id'], 'intent=acknowledge&id=x'],
  ['/import/x/undo', [], 'a=b'], ['/compare', ['industry'], 'intent=nobody&industry=%FF'], ['/privacy', ['id'], 'intent=nobody'], ['/register', ['companyName', 'password'], 'email=nobody'], ['/sign-in', ['password'], 'email=nobody'],
  ['/segments', ['id', 'name'], 'intent=nobody'], ['/segments/new', ['name', 'text'], 'intent=save'], ['/segments/new', ['name', 'filter'], 'intent=save&from=tree'], ['/segments/x', ['name'], 'intent=rename'], ['/segments/x', ['folder', 'tags'], 'intent=file'], ['/segments/x', ['list'], 'intent=list-add'], ['/segments/archived', ['id', 'name'], 'a=b'], ['/segments/list', ['name', 'list'], 'description=x'], ['/segments/preview', ['filter'], 'a=b'],
  ['/discover', ['k', 'segment'], 'intent=start&feature=nothing'], ['/discover/x', ['cluster'], 'intent=inside'], ['/rfm', ['recencyDays2', 'monetary5'], 'intent=thresholds&rule=fixed'], ['/actions', ['share', 'thank', 'incentive'], 'intent=assume&email=x'], ['/actions', [], 'intent=start-holdout&share=%00'], ['/reset-password', ['password'], 'token=none'], ['/verify-email', [], 'token=none'], ['/join/none', ['name', 'password'], 'a=b'], ['/second-factor', ['code'], 'intent=nobody'], ['/no-such-page', ['a'], 'b=c'],
];
const PAGES = ['/', '/customers', '/customers/rows', '/segments', '/segments/new', '/segments/list', '/segments/archived', '/segments/compare', '/segments/x', '/actions', '/actions.csv', '/cohorts', '/forecast', '/rfm', '/discover', '/patterns', '/subscriptions', '/subscriptions/rows', '/events', '/compare', '/import', '/integrations', '/quality', '/quality/dead-letters', '/sales', '/models', '/nights', '/privacy', '/settings', '/account', '/team', '/api-keys', '/audit', '/audit.csv', '/search', '/settings/retention'];
const QUERIES = ['q', 'segment', 'stage', 'cohort', 'rfm', 'sort', 'order', 'cursor', 'limit', 'range', 'from', 'to', 'days', 'type', 'source', 'state', 'measure', 'by', 'actor', 'action', 'target', 'tag', 'folder', 'shut', 'keepYears', 'next', 'why', 'on', 'with', 'template', '_routes', 'index', 'page'];
const PLATFORMS = ['shopify', 'stripe', 'woocommerce', 'nothing', '..', '%00', 'SHOPIFY', '__proto__', 'constructor'];

const requests: readonly ((random: Random, cookie: string, integration: string) => Pick<HostileRequest, 'method' | 'path' | 'headers' | 'body' | 'wrong'> & Partial<HostileRequest>)[] = [
  (random, _cookie, integration) => ({
    method: chance(random, 0.9) ? 'POST' : 'PUT', wrong: 'an unsigned delivery', isAnonymous: true,
    path: `/webhooks/${pick(random, PLATFORMS)}/${chance(random, 0.6) ? integration : chance(random, 0.5) ? crypto.randomUUID() : encodeURIComponent(hostileText(random))}`,
    headers: {
      'x-shopify-topic': pick(random, ['orders/create', 'shop/redact', 'a'.repeat(500)]), 'x-shopify-hmac-sha256': pick(random, ['', 'x', 'A'.repeat(44), '====']), 'x-shopify-webhook-id': '1', 'x-shopify-shop-domain': 'x.myshopify.com',
      'stripe-signature': pick(random, ['t=1,v1=00', 't=x', 'v1=', `t=${'9'.repeat(400)},v1=${'0'.repeat(64)}`]), 'x-wc-webhook-signature': 'x', 'x-wc-webhook-topic': 'order.created',
    },
    body: chance(random, 0.2) ? new Uint8Array([0xff, 0x00, 0xfe]) : chance(random, 0.2) ? '['.repeat(10_000) : JSON.stringify(hostileValue(random)),
  }),
  (random) => ({
    method: pick(random, ['POST', 'POST', 'OPTIONS', 'GET']), wrong: 'a write key of nobody', isAnonymous: true, path: `/api/v1/events?key=${encodeURIComponent(chance(random, 0.5) ? `wk_${'0'.repeat(32)}_${'A'.repeat(43)}` : hostileText(random))}`,
    headers: { 'content-type': 'text/plain', origin: pick(random, ['https://evil.example', 'null', "' or 1=1", 'https://perennial.test']) }, body: JSON.stringify(hostileValue(random)),
  }),
  (random, cookie) => ({
    method: pick(random, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']), wrong: 'an address of nothing', headers: { 'sec-fetch-site': 'same-origin', ...(chance(random, 0.5) && { cookie }) }, body: null, isAnonymous: true,
    path: pick(random, ['/api/v1/', '/api/', '/.well-known/', '/healthz/', '/api/v2/', '/webhooks/']) + pick(random, ['x', '..%2f..%2f', '%', '%zz', '%00', '.env', '.git/config', 'admin', 'graphql', 'actuator/env', 'a'.repeat(3_000), '//evil.example', encodeURIComponent(hostileText(random))]),
  }),
  (random, cookie) => ({
    method: 'GET', wrong: 'a page asked oddly', mayPass: true, headers: { ...(chance(random, 0.85) && { cookie }) }, body: null, isAnonymous: true,
    path: `${pick(random, PAGES)}${chance(random, 0.7) ? '.data' : ''}?${[0, 1, 2].map(() => `${pick(random, QUERIES)}=${encodeURIComponent(hostileText(random))}`).join('&')}`.replace(/^\/\.data/, '/_root.data'),
  }),
  (random, cookie) => {
    const [path, fields, fixed] = pick(random, FORMS);
    const extra = fields.filter((field) => !fixed.includes(`${field}=`)).map((field) => `${field}=${encodeURIComponent(hostileText(random))}`);
    const [wrong, headers]: [string, Record<string, string>] = pick(random, [
      ['a form of nobody', { 'sec-fetch-site': 'same-origin' }], ['a form of another site', { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
      ['a form that cannot be', { cookie, 'sec-fetch-site': 'same-origin' }], ['a form that cannot be', { cookie, 'sec-fetch-site': 'same-origin' }], ['a form that cannot be', { cookie, 'sec-fetch-site': 'same-origin' }],
    ]);
    return {
      method: 'POST', wrong: `${wrong}: ${path} ${fixed}`, mayPass: true, isAnonymous: true, path: `${path}.data`,
      headers: { ...headers, 'content-type': chance(random, 0.9) ? 'application/x-www-form-urlencoded' : pick(random, ['multipart/form-data; boundary=x', 'application/json', 'text/plain']) },
      body: chance(random, 0.05) ? '%00=%00&a=\0' : [...extra, fixed].join('&'),
    };
  },
];
/** How often each of them; pages cost the most. */
const SHARES = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4];

export function requestElsewhere(random: Random, cookie: string, integration: string): HostileRequest {
  const make = requests[pick(random, SHARES)] ?? requests[0];
  if (make === undefined) throw new Error('nothing to make');
  return { mayPass: false, isAnonymous: false, ...make(random, cookie, integration) };
}
