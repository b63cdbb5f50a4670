/** Requests with at least one thing wrong, made from a seed: whatever else they hold, none may be carried out. */
import { between, chance, pick } from '#core/math/random';
import type { Random } from '#core/math/random';
import type { Operation } from './operations.ts';
import { hostileText, hostileValue, refusesUnknown, validValue } from './values.ts';
import type { Schemas } from './values.ts';

export interface HostileRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  /** What is wrong with it, for people. */
  wrong: string;
  /** May be answered 2xx: it asks and changes nothing. */
  mayPass: boolean;
  /** Of all who have not said who they are: where it comes from, since limits count by address. */
  isAnonymous: boolean;
}

/** Who asks. */
export interface Senders {
  admin: Record<string, string>;
  viewer: Record<string, string>;
  /** Admin of another company. */
  stranger: Record<string, string>;
  viewerMay: ReadonlySet<string>;
  /** Ids of the company by noun, as they stand in addresses. */
  ids: ReadonlyMap<string, string>;
}

/** Records are judged one by one and files as they are read, so these take nearly any JSON or bytes. */
const LENIENT = new Set(['/api/v1/transactions', '/api/v1/customers', '/api/v1/events', '/api/v1/imports']);
const JSON_TYPE = { 'content-type': 'application/json' };
const BAD_CREDENTIALS: readonly string[] = [
  'Bearer', 'Bearer ', 'Bearer x', 'Basic YWRtaW46YWRtaW4=', 'Bearer null', 'bearer undefined', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.', `Bearer pk_${'0'.repeat(32)}_${'A'.repeat(43)}`,
  `Bearer ${'a'.repeat(8_000)}`, "Bearer ' or 1=1 --", 'Digest x', 'Bearer op_0000000000000000000000000000000000', 'Bearer a.b.c', 'Bearer a b',
];
/** Bodies that are no JSON, or JSON that cannot be kept. */
const UNREADABLE: readonly (readonly [what: string, body: string | Uint8Array])[] = [
  ['cut off', '{"a":'], ['empty', ''], ['not JSON', 'a=b&c=d'], ['NaN', '{"a":NaN}'], ['two of them', '{}{}'], ['a comment', '{/**/}'], ['XML', '<a/>'], ['a single quote', "{'a':1}"],
  ['bad UTF-8', new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])], ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])], ['an overlong sequence', new Uint8Array([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ['lists 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000)], ['objects 10,000 deep', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)], ['unclosed lists', '['.repeat(50_000)],
];
const UNKEEPABLE: readonly (readonly [what: string, field: string])[] = [
  ['NUL', '"hostile":"a\\u0000b"'], ['NUL in a key', '"a\\u0000b":1'], ['half a character', '"hostile":"\\ud800"'], ['the other half', '"hostile":["\\udfff"]'], ['__proto__', '"__proto__":{"role":"admin"}'], ['constructor', '"constructor":{"prototype":{"role":"admin"}}'],
];
const ODD_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-forwarded-for', '127.0.0.1'], ['x-http-method-override', 'DELETE'], ['x-original-url', '/api/v1/users'], ['idempotency-key', "' or 1=1"], ['idempotency-key', 'k'.repeat(5_000)], ['accept', 'text/html'], ['accept-language', '*;q=9'], ['range', 'bytes=0-1'],
  ['if-none-match', '*'], ['user-agent', '<script>'], ['x-perennial-company', "'; --"], ['x-request-id', 'a'.repeat(1_000)], ['origin', 'null'], ['content-encoding', 'gzip'], ['transfer-encoding', 'chunked'], ['expect', '100-continue'], ['cookie', 'perennial_session=x'],
];
const ODD_IDS = ['..', '%2e%2e%2fetc%2fpasswd', "'%20or%201=1--", '%ff', '%C0%80', '%00', 'null', '0', '-1', '{id}', '*', 'a'.repeat(2_000), '%F0%9F%98%80', '00000000-0000-0000-0000-00000000000g', '%3Cscript%3E', '1;drop%20table%20users'];

/** How often a way is open that has the books asked: it costs ten times what is refused at the door. */
const LOOKING_UP = 0.3;

type Part = Pick<HostileRequest, 'path' | 'body' | 'headers' | 'wrong'> & Partial<Pick<HostileRequest, 'isAnonymous' | 'mayPass'>>;

/** One request to an operation of the document. */
export function hostileRequest(random: Random, operation: Operation, schemas: Schemas, senders: Senders): HostileRequest {
  const { method, isOpen } = operation;
  const made = makeWrong(random, operation, schemas, senders);
  const odd = chance(random, 0.2) ? [pick(random, ODD_HEADERS)] : [];
  return { method, isAnonymous: isOpen, mayPass: false, ...made, headers: { ...Object.fromEntries(odd), ...made.headers } };
}

function makeWrong(random: Random, operation: Operation, schemas: Schemas, senders: Senders): Part {
  const { method, path, permission, isOpen, query, body } = operation;
  const own = isOpen ? {} : senders.admin;
  const address = addressOf(path, senders.ids);
  const sent = (given: unknown): Pick<Part, 'body'> => ({ body: body === null ? null : JSON.stringify(given) });
  const good = () => sent(body === null ? null : validValue(body, schemas, random));
  const ways: (() => Part)[] = [
    () => {
      const name = pick(random, ['x', '__proto__', 'constructor', 'limit[]', 'id', "a' or 1=1", 'callback']) + '_' + String(between(random, 0, 99));
      return { path: `${address}?${encodeURIComponent(name)}=${encodeURIComponent(hostileText(random))}`, ...good(), headers: { ...own, ...JSON_TYPE }, wrong: 'an unknown parameter' };
    },
  ];
  if (!isOpen) {
    ways.push(() => ({ path: address, ...good(), headers: { ...JSON_TYPE }, wrong: 'no credentials', isAnonymous: true }));
    ways.push(() => ({ path: address, ...good(), headers: { ...JSON_TYPE, authorization: pick(random, BAD_CREDENTIALS) }, wrong: 'bad credentials', isAnonymous: true }));
    if (!senders.viewerMay.has(permission)) ways.push(() => ({ path: address, ...good(), headers: { ...senders.viewer, ...JSON_TYPE }, wrong: 'a viewer' }));
  }
  if (path.includes('{')) {
    ways.push(() => ({ path: path.replaceAll(/\{\w+\}/g, () => (chance(random, 0.6) ? pick(random, ODD_IDS) : encodeURIComponent(hostileText(random)))), ...good(), headers: { ...own, ...JSON_TYPE }, wrong: 'odd ids', mayPass: method === 'GET' }));
    if (/\{(?!currency|day)\w+\}/.test(path) && !isOpen && chance(random, LOOKING_UP)) {
      ways.push(() => ({ path: address, ...good(), headers: { ...senders.stranger, ...JSON_TYPE }, wrong: 'of another company' }));
      ways.push(() => ({ path: path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID()), ...good(), headers: { ...own, ...JSON_TYPE }, wrong: 'nothing there', mayPass: method === 'GET' }));
    }
  }
  if (method === 'GET') {
    const asked = query.filter(() => chance(random, 0.7)).map(({ name, schema }) => `${name}=${encodeURIComponent(chance(random, 0.6) ? hostileText(random) : String(validValue(schema, schemas, random)))}`);
    const ask = (): Part => ({ path: `${address}?${asked.join('&')}`, body: null, headers: own, wrong: 'odd parameters', mayPass: true });
    if (chance(random, LOOKING_UP)) ways.push(ask);
  }
  if (body !== null || (LENIENT.has(path) && method !== 'GET')) ways.push(...wrongBodies(random, operation, schemas, address, own));
  return pick(random, ways)();
}

function wrongBodies(random: Random, { path, body }: Operation, schemas: Schemas, address: string, own: Record<string, string>): (() => Part)[] {
  if (path === '/api/v1/imports') return [() => ({ path: `${address}?name=${encodeURIComponent(hostileText(random))}&mapping=%7B%22columns%22%3A${encodeURIComponent(JSON.stringify(hostileText(random)))}%7D`, body: 'a,b\n1,2\n', headers: own, wrong: 'a mapping of nothing' })];
  const headers = { ...own, ...JSON_TYPE };
  const ways: (() => Part)[] = [
    () => {
      const [what, text] = pick(random, UNREADABLE);
      return { path: address, body: text, headers, wrong: `a body that is ${what}` };
    },
    () => ({ path: address, body: JSON.stringify(pick(random, ['text', 1e300, true, [[[]]], [null], ['']])), headers, wrong: 'a body of another kind' }),
    () => ({ path: address, body: '{"a":1}', headers: { ...own, 'content-type': pick(random, ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'image/svg+xml', 'x', 'application/json5', 'application/graphql']) }, wrong: 'another type of content' }),
  ];
  if (body === null) return ways;
  const whole = (): Record<string, unknown> => {
    const made = validValue(body, schemas, random);
    return typeof made === 'object' && made !== null && !Array.isArray(made) ? { ...made } : {};
  };
  if (refusesUnknown(body, schemas)) {
    ways.push(
      () => ({ path: address, body: JSON.stringify({ ...whole(), [`hostile_${hostileText(random)}`]: hostileValue(random) }), headers, wrong: 'a field nobody knows' }),
      () => {
        const [what, field] = pick(random, UNKEEPABLE);
        const rest = JSON.stringify(whole()).slice(1);
        return { path: address, body: `{${field}${rest === '}' ? '' : ','}${rest}`, headers, wrong: what };
      },
      // Every field that is asked for, each with anything, and one that nobody knows.
      () => ({ path: address, body: JSON.stringify({ ...Object.fromEntries(Object.keys(whole()).map((name) => [name, hostileValue(random)])), nobody_knows: 1 }), headers, wrong: 'fields of any kind' }),
    );
  }
  return ways;
}

/** The address with the company's own ids, so that only what is meant to be wrong is. */
function addressOf(path: string, ids: ReadonlyMap<string, string>): string {
  return path.replaceAll(/([^/]+)\/\{(\w+)\}/g, (_, noun: string, name: string) => `${noun}/${ids.get(name === 'id' ? noun : name) ?? crypto.randomUUID()}`)
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => ids.get(name) ?? crypto.randomUUID());
}
