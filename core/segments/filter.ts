/** A filter: a tree of all, any and not over conditions, as it is stored, sent and drawn. */
import { z } from 'zod';
import { CONDITIONS, definitionOf, nearestId, type Condition } from './conditions/registry.ts';
import type { Scale } from './conditions/condition.ts';
import type { Test } from './term.ts';

export type { Condition };
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Condition;

export const MAX_DEPTH = 8;
export const MAX_CONDITIONS = 100;

type Path = (string | number)[];
interface Reading {
  issue(path: Path, message: string): void;
  conditions: number;
}

/**
 * Reads what somebody sent. Each refusal has its path and says how to mend it.
 */
export const filter: z.ZodType<Filter> = z.unknown().transform((input, context): Filter => {
  let isRefused = false;
  const reading: Reading = {
    conditions: 0,
    issue(path, message) {
      isRefused = true;
      context.addIssue({ code: 'custom', path, message });
    },
  };
  const read = readFilter(input, [], 1, reading);
  if (reading.conditions > MAX_CONDITIONS) reading.issue([], `A filter may have ${MAX_CONDITIONS} conditions and this has ${reading.conditions}; make a segment of some and refer to it`);
  return isRefused || read === null ? z.NEVER : read;
});

function readFilter(input: unknown, path: Path, depth: number, reading: Reading): Filter | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    reading.issue(path, 'Write an object: { "all": […] }, { "any": […] }, { "not": … } or a condition such as { "is": "orders.count", "op": "gte", "value": 2 }');
    return null;
  }
  if ('is' in input) return readCondition(input, input.is, path, reading);
  const keys = Object.keys(input), [key] = keys;
  if (keys.length !== 1 || (key !== 'all' && key !== 'any' && key !== 'not')) {
    reading.issue(path, `Write exactly one of "all", "any", "not" or a condition with "is"; this has ${keys.length === 0 ? 'none' : keys.map((name) => `"${name.slice(0, 40)}"`).slice(0, 5).join(', ')}`);
    return null;
  }
  if (depth >= MAX_DEPTH) {
    reading.issue(path, `Groups may lie ${MAX_DEPTH} deep; make a segment of the inner ones and refer to it`);
    return null;
  }
  const inner: unknown = Object.values(input)[0];
  if (key === 'not') {
    const read = readFilter(inner, [...path, 'not'], depth + 1, reading);
    return read === null ? null : { not: read };
  }
  if (!Array.isArray(inner) || inner.length === 0) {
    reading.issue([...path, key], 'Write a list with at least one condition or group');
    return null;
  }
  const parts: Filter[] = [];
  for (const [index, one] of inner.slice(0, MAX_CONDITIONS + 1).entries()) {
    const read = readFilter(one, [...path, key, index], depth + 1, reading);
    if (read !== null) parts.push(read);
  }
  return key === 'all' ? { all: parts } : { any: parts };
}

function readCondition(input: object, id: unknown, path: Path, reading: Reading): Condition | null {
  reading.conditions++;
  const definition = typeof id === 'string' ? definitionOf(id) : undefined;
  if (!definition) {
    const near = typeof id === 'string' ? nearestId(id) : null;
    reading.issue([...path, 'is'], near === null ? `There is no such condition; one of ${CONDITIONS.map((one) => one.id).join(', ')}` : `There is no condition "${String(id).slice(0, 40)}"; did you mean "${near}"?`);
    return null;
  }
  const parsed = definition.schema.safeParse(input);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reading.issue([...path, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))], issue.message);
  return null;
}

/** A filter as both executions read it. */
export function termOf(tree: Filter, scale: Scale): Test {
  if ('all' in tree) return { t: 'all', of: tree.all.map((one) => termOf(one, scale)) };
  if ('any' in tree) return { t: 'any', of: tree.any.map((one) => termOf(one, scale)) };
  if ('not' in tree) return { t: 'not', of: termOf(tree.not, scale) };
  return conditionTerm(tree, scale);
}

export function conditionTerm(condition: Condition, scale: Scale): Test {
  const definition = definitionOf(condition.is);
  if (!definition) throw new Error(`No condition "${condition.is}"`);
  return definition.toTerm(condition, scale);
}

/** Every condition of a filter, in reading order. */
export function conditionsOf(tree: Filter): Condition[] {
  if ('all' in tree) return tree.all.flatMap(conditionsOf);
  if ('any' in tree) return tree.any.flatMap(conditionsOf);
  if ('not' in tree) return conditionsOf(tree.not);
  return [tree];
}

/** The same filter without groups of one. */
export function normal(tree: Filter): Filter {
  if ('not' in tree) return { not: normal(tree.not) };
  if (!('all' in tree) && !('any' in tree)) return tree;
  const parts = ('all' in tree ? tree.all : tree.any).map(normal), [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return 'all' in tree ? { all: parts } : { any: parts };
}
