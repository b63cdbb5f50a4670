/** What each page route shows and what its forms do, with the permission that each needs. A route that is not here fails the walk. */
import type { Permission } from '#operations/permissions';

/** `own`: whoever is signed in. `open`: everybody. `account`: also who must still set up a second factor. */
export type PageAccess = Permission | 'own' | 'open' | 'account';

export interface FormCase {
  /** Empty where the route takes the form without one. */
  intent: string;
  access: PageAccess;
  /** A form that passes the route's own checks and names nothing that exists, so that it changes little where it is allowed. */
  form?: Record<string, string>;
}

export interface PageCase {
  /** Null: the route has no loader of its own. */
  shows: PageAccess | null;
  /** Which noun its address names; asked by other companies as well. */
  noun?: string;
  /** More to ask for, which needs more than the page does. */
  also?: { query: string; access: PageAccess };
  forms?: FormCase[];
}

const nowhere = crypto.randomUUID();
const forms = (access: PageAccess, intents: string[], form: Record<string, string> = {}): FormCase[] => intents.map((intent) => ({ intent, access, form }));

/** By the id of the route in the build, without `routes/`. */
export const PAGES: Readonly<Record<string, PageCase>> = {
  '_app._index': { shows: 'value:read' },
  '_app.account': { shows: 'own', forms: [...forms('own', ['profile'], { name: 'Ada' }), ...forms('own', ['email', 'verify', 'password', 'mfa-begin', 'mfa-confirm', 'mfa-codes', 'mfa-off', 'end-session', 'end-others', 'link-provider', 'unlink-provider'], { session: nowhere, password: 'x' })] },
  '_app.actions': { shows: 'customers:read', forms: [{ intent: 'start-holdout', access: 'actions:manage', form: { share: '90' } }, { intent: 'stop-holdout', access: 'actions:manage' }, { intent: 'assume', access: 'actions:manage', form: { thank: '100' } }] },
  '_app.api-keys': { shows: 'api_keys:manage', forms: [{ intent: '', access: 'api_keys:manage', form: { name: 'k', role: 'viewer', days: '30', perMinute: '' } }, { intent: 'revoke', access: 'api_keys:manage', form: { id: nowhere } }] },
  '_app.audit': { shows: 'audit:read', forms: forms('audit:read', ['']) },
  '_app.cohorts': { shows: 'value:read' },
  '_app.compare': { shows: 'value:read', forms: [{ intent: '', access: 'company:write', form: { industry: '' } }] },
  '_app.customers.$id': {
    shows: 'customers:read', noun: 'customers',
    forms: [{ intent: 'merge', access: 'customers:write', form: { into: nowhere } }, { intent: 'data', access: 'privacy:manage' }, { intent: '', access: 'privacy:manage' }],
  },
  '_app.customers._index': { shows: 'customers:read' },
  '_app.discover.$id': { shows: 'segments:read', noun: 'discoveries', forms: forms('segments:write', ['cancel', 'inside', 'save', 'remove'], { cluster: '9', name: 'Kept', as: 'rule' }) },
  '_app.discover._index': { shows: 'segments:read', forms: [{ intent: 'start', access: 'segments:write', form: { feature: 'recency_days' } }] },
  '_app.events': { shows: 'events:read', forms: [{ intent: 'create', access: 'events:manage', form: { name: 'Site', origins: '' } }, ...forms('events:manage', ['save', 'on', 'off', 'remove'], { id: nowhere, origins: '' })] },
  '_app.forecast': { shows: 'value:read' },
  '_app.import': {
    shows: 'imports:read',
    forms: [
      ...forms('imports:write', ['cancel', 'anyway', 'delete-mapping'], { id: nowhere }), ...forms('imports:undo', ['undo'], { id: nowhere }),
      { intent: 'keep-mapping', access: 'imports:write', form: { name: 'Mine', headings: '["a","b","c"]', mapping: '{"columns":{"amount":"a"}}' } }, { intent: 'rename-mapping', access: 'imports:write', form: { id: nowhere, name: 'Other' } },
    ],
  },
  '_app.integrations.$id': {
    shows: 'integrations:read', noun: 'integrations', also: { query: '?created', access: 'integrations:manage' },
    forms: forms('integrations:manage', ['remove', 'check', 'reveal', 'backfill', 'cancel-backfill', 'reconcile', 'settings'], { name: 'x', backfill: nowhere }),
  },
  '_app.integrations._index': { shows: 'integrations:read', forms: [{ intent: '', access: 'integrations:manage', form: { platform: 'nothing-we-speak' } }] },
  '_app.models.$id': { shows: 'models:read', noun: 'models' },
  '_app.models._index': { shows: 'models:read', forms: [{ intent: 'refit', access: 'models:refit' }, { intent: 'pin', access: 'models:refit', form: { model: '' } }, { intent: 'pin-churn', access: 'models:refit', form: { model: '' } }, { intent: 'pin-spend', access: 'models:refit', form: { model: '' } }, { intent: 'start-test', access: 'models:refit', form: { challenger: 'none', percent: '50', days: '90' } }, { intent: 'stop-test', access: 'models:refit', form: { id: nowhere } }, { intent: 'sharing', access: 'company:write' }] },
  '_app.nights': { shows: 'runs:read', forms: [{ intent: 'now', access: 'runs:write' }, { intent: 'restart', access: 'runs:write', form: { id: nowhere } }] },
  '_app.patterns': { shows: 'value:read' },
  '_app.privacy': { shows: 'privacy:read' },
  '_app.quality._index': { shows: 'quality:read', forms: [{ intent: 'acknowledge', access: 'alerts:acknowledge', form: { id: nowhere } }, { intent: '', access: 'company:write' }] },
  '_app.quality.dead-letters.$id': {
    shows: 'dead_letters:read', noun: 'dead-letters',
    forms: forms('dead_letters:write', ['', 'edit', 'edit-replay', 'restore', 'discard', 'reopen'], { payload: '{}', reason: 'nothing' }),
  },
  '_app.quality.dead-letters._index': { shows: 'dead_letters:read', forms: [{ intent: '', access: 'dead_letters:write', form: { ids: nowhere } }, { intent: 'replay-all', access: 'dead_letters:write' }] },
  '_app.rfm': { shows: 'value:read', forms: [{ intent: 'thresholds', access: 'company:write', form: { rule: 'quantile' } }] },
  '_app.sales': { shows: 'value:read', forms: [{ intent: 'pair', access: 'records:write', form: { first: nowhere, second: crypto.randomUUID() } }, { intent: 'separate', access: 'records:write', form: { id: nowhere } }] },
  '_app.segments.$id._index': { shows: 'segments:read', noun: 'segments', forms: [{ intent: 'rename', access: 'segments:write', form: { name: 'Renamed' } }, { intent: 'file', access: 'segments:write', form: { folder: 'Campaigns', tags: 'vip, spring' } }, ...forms('segments:write', ['list-add', 'list-remove'], { list: 'nobody@nowhere.example' }), ...forms('segments:write', ['pause', 'resume', 'duplicate', 'archive', 'restore'])] },
  '_app.segments.$id.edit': { shows: 'segments:write', noun: 'segments', forms: [{ intent: 'save', access: 'segments:write', form: { name: 'Other', text: 'orders.count >= 1' } }, { intent: 'describe', access: 'segments:write', form: { name: 'Another' } }, { intent: 'count', access: 'segments:read', form: { text: 'orders.count >= 1' } }] },
  '_app.segments._index': { shows: 'segments:read', forms: [{ intent: 'rfm-groups', access: 'segments:write' }, { intent: 'restore', access: 'segments:write', form: { id: nowhere } }] },
  '_app.segments.archived': { shows: 'segments:read', forms: [{ intent: '', access: 'segments:write', form: { id: nowhere } }] },
  '_app.segments.compare': { shows: 'segments:read' },
  '_app.segments.list': { shows: 'segments:read', forms: [{ intent: '', access: 'segments:write', form: { name: 'Brought', list: 'nobody@nowhere.example' } }] },
  '_app.segments.new': { shows: 'segments:read', forms: [{ intent: 'save', access: 'segments:write', form: { name: 'New', text: 'orders.count >= 1' } }, { intent: 'count', access: 'segments:read', form: { text: 'orders.count >= 1' } }] },
  '_app.settings': {
    shows: 'company:read',
    forms: [
      { intent: 'mfa-policy', access: 'team:manage' }, { intent: 'refit', access: 'models:refit' }, { intent: 'rate', access: 'company:write', form: { currency: 'CHF', day: '2026-01-02', rate: '0,9' } },
      { intent: 'api-origins', access: 'company:write', form: { apiOrigins: '' } }, { intent: 'remove-rate', access: 'company:write', form: { currency: 'SEK', day: '2026-01-02' } }, { intent: 'retention', access: 'company:write', form: { keepYears: '5' } },
      { intent: 'company', access: 'company:write', form: { name: 'Renamed', currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: '', horizonDays: '365', discountRate: '10', revenueBasis: 'net_sales' } },
    ],
  },
  '_app.subscriptions': { shows: 'value:read' },
  '_app.team': {
    shows: 'team:read',
    forms: [
      { intent: 'invite', access: 'team:manage', form: { email: `${crypto.randomUUID()}@shop.example`, role: 'viewer' } }, { intent: 'role', access: 'team:manage', form: { id: nowhere, role: 'viewer' } },
      ...forms('team:manage', ['deactivate', 'reactivate', 'resend', 'revoke', 'reset-mfa'], { id: nowhere }),
    ],
  },
  'actions[.]csv': { shows: 'customers:read' },
  'audit[.]csv': { shows: 'audit:read' },
  'customers.$id.orders': { shows: 'customers:read', noun: 'customers' },
  'customers.rows': { shows: 'customers:read' },
  'demo.live-order': { shows: null, forms: forms('integrations:manage', ['']) },
  'forgot-password': { shows: null, forms: forms('open', ['']) },
  'import.$id.rejections': { shows: 'imports:read', noun: 'imports' },
  'import.$id.rejections[.]csv': { shows: 'imports:read', noun: 'imports' },
  'import.$id.skipped': { shows: 'imports:read', noun: 'imports' },
  'import.$id.undo': { shows: 'imports:read', noun: 'imports' },
  'join.$token': { shows: 'open', forms: forms('open', ['']) },
  'privacy.$id.export': { shows: 'privacy:manage', noun: 'requests' },
  recount: { shows: 'own' },
  register: { shows: 'open', forms: forms('open', ['']) },
  'register_.company': { shows: 'open', forms: forms('open', ['']) },
  'reset-password': { shows: 'open', forms: forms('open', ['']) },
  search: { shows: 'customers:read' },
  'second-factor': { shows: 'account', forms: forms('account', ['profile'], { name: 'Ada' }) },
  'segments.preview': { shows: null, forms: [{ intent: '', access: 'segments:read', form: { filter: '{"is":"orders.count","op":"gte","value":1}' } }] },
  'settings.retention': { shows: 'company:read' },
  'sign-in': { shows: 'open', forms: forms('open', ['']) },
  'sign-in_.code': { shows: 'open', forms: forms('open', ['']) },
  'sign-out': { shows: 'open', forms: forms('open', ['']) },
  'subscriptions.rows': { shows: 'customers:read' },
  theme: { shows: null, forms: forms('open', ['']) },
  'verify-email': { shows: null, forms: forms('open', ['']) },
};
