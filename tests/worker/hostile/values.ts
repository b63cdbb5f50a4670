/** Values for a JSON schema: what it asks for, and what somebody with bad intentions sends instead. */
import { z } from 'zod';
import { between, chance, pick } from '#core/math/random';
import type { Random } from '#core/math/random';

const schema = z.record(z.string(), z.unknown());
export type Schema = z.infer<typeof schema>;
export type Schemas = Record<string, Schema>;
const list = z.array(schema);
const names = z.array(z.string()).catch([]);

/** Texts that have broken parsers, statements, pages and file systems elsewhere. */
export const HOSTILE_TEXTS: readonly string[] = [
  "' or 1=1 --", "'; drop table customers; --", '1); delete from users; --', '" or ""="', "x' union select password_hash from users --", '${7*7}', '{{7*7}}', '#{7*7}', '%{7*7}', '$(reboot)', '`id`',
  '../../../etc/passwd', '..\\..\\windows\\win.ini', 'file:///etc/passwd', 'http://169.254.169.254/latest/meta-data/', 'https://127.0.0.1/', 'javascript:alert(1)',
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', ']]>', '<!--', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  'null', 'undefined', 'NaN', 'Infinity', 'true', '[object Object]', '-1', '0', '1e400', '99999999999999999999', '0x7f', '1/0', '٣', '９', 'İ', 'ß', 'ﬃ', '\u202Eevil', '\u200B', '\uFEFF', '😀'.repeat(50),
  'a'.repeat(300), 'a'.repeat(5_000), '%', '%%', '%s%s%s%n', '\\', '\\\\', '\n', '\r\nSet-Cookie: a=b', '\t', '', ' ', '-', '.', '..', '/', '//', '*', '?', '#', '&', '=', '+', ';', ',', '|', '~', '^', '$', '@', '!', '(', ')', '[]', '{}',
  '2026-02-30', '0000-00-00', '9999-12-31', '-000001-01-01', '275760-09-13', '2026-11-22T25:00:00Z', 'EUR', 'XXX', 'eur', 'Europe/Berlin', 'Mars/Olympus', 'constructor', 'toString', 'hasOwnProperty', 'prototype',
];
const HOSTILE_NUMBERS: readonly number[] = [-1, 0, -0, 0.1, 1e-320, 1e308, -1e308, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1e21, Number.MIN_VALUE];

export function hostileText(random: Random): string {
  return pick(random, HOSTILE_TEXTS);
}

/** Anything that JSON can say, three levels deep at most. */
export function hostileValue(random: Random, depth = 0): unknown {
  switch (between(random, 0, depth > 2 ? 4 : 6)) {
    case 0: return pick(random, HOSTILE_NUMBERS);
    case 1: return null;
    case 2: return chance(random, 0.5);
    case 5: return Array.from({ length: between(random, 0, 3) }, () => hostileValue(random, depth + 1));
    case 6: return Object.fromEntries(Array.from({ length: between(random, 0, 3) }, () => [hostileText(random), hostileValue(random, depth + 1)]));
    default: return hostileText(random);
  }
}

/** The schema that a reference names. */
export function resolved(one: Schema, schemas: Schemas): Schema {
  const reference = one['$ref'];
  return typeof reference === 'string' ? (schemas[reference.split('/').at(-1) ?? ''] ?? {}) : one;
}

/** A value as the schema describes it, as far as a schema can say. */
export function validValue(given: Schema, schemas: Schemas, random: Random): unknown {
  const one = resolved(given, schemas);
  for (const key of ['anyOf', 'oneOf'] as const) {
    const options = list.safeParse(one[key]);
    if (options.success) return validValue(pick(random, options.data), schemas, random);
  }
  const all = list.safeParse(one['allOf']);
  if (all.success) return Object.assign({}, ...all.data.map((part) => validValue(part, schemas, random)));
  if ('const' in one) return one['const'];
  const choices = z.array(z.unknown()).safeParse(one['enum']);
  if (choices.success) return pick(random, choices.data);
  const type = pick(random, [one['type'] ?? 'string'].flat());
  const low = typeof one['minimum'] === 'number' ? one['minimum'] : 1;
  switch (type) {
    case 'object': return validObject(one, schemas, random);
    case 'array': return [validValue(schema.catch({}).parse(one['items']), schemas, random)];
    case 'integer': return Math.ceil(low);
    case 'number': return low;
    case 'boolean': return chance(random, 0.5);
    case 'null': return null;
    default: return validText(one['format'], typeof one['minLength'] === 'number' ? one['minLength'] : 1);
  }
}

function validObject(one: Schema, schemas: Schemas, random: Random): Record<string, unknown> {
  const properties = z.record(z.string(), schema).catch({}).parse(one['properties']);
  const required = new Set(names.parse(one['required']));
  return Object.fromEntries(Object.entries(properties).filter(([name]) => required.has(name) || chance(random, 0.3)).map(([name, of]) => [name, validValue(of, schemas, random)]));
}

function validText(format: unknown, length: number): string {
  switch (format) {
    case 'uuid': return crypto.randomUUID();
    case 'email': return 'hostile@fuzz.example';
    case 'date': return '2026-03-04';
    case 'date-time': return '2026-03-04T05:06:07Z';
    case 'uri': return 'https://fuzz.example/';
    default: return 'hostile'.padEnd(length, 'x');
  }
}

/** Whether an object with a field nobody knows is refused by the schema itself. */
export function refusesUnknown(given: Schema, schemas: Schemas): boolean {
  const one = resolved(given, schemas);
  const options = [one['anyOf'], one['oneOf']].map((of) => list.safeParse(of)).find((of) => of.success);
  if (options?.success === true) return options.data.every((option) => resolved(option, schemas)['type'] !== 'object' || refusesUnknown(option, schemas));
  return one['additionalProperties'] === false;
}
