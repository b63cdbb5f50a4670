/** Columns that a model was fitted on and the customers at hand have no source for: of them nothing is known. */
import type { Column } from '#core/learning/table';
import { EVENT_FEATURES, LINE_FEATURES } from './catalogue.ts';
import { KIND_COLUMN } from './event-columns.ts';
import { CATEGORY_COLUMN } from './line-columns.ts';

/** Of `wanted` those that `present` lacks: nobody did anything, and nothing is known of channels and products. Other names are left to who asks for them. */
export function absentColumns(wanted: readonly string[], present: readonly Column[], rows: number): Column[] {
  const there = new Set(present.map(({ name }) => name));
  return wanted.flatMap((name): Column[] => {
    if (there.has(name)) return [];
    const feature = [...LINE_FEATURES, ...EVENT_FEATURES].find((each) => each.name === name);
    if (!feature && !name.startsWith(KIND_COLUMN) && !name.startsWith(CATEGORY_COLUMN)) return [];
    if (feature?.unit === 'name') return [{ kind: 'category', name, codes: new Int32Array(rows).fill(-1), levels: [] }];
    const isCount = name.startsWith(KIND_COLUMN) || feature?.unit === 'events';
    return [{ kind: 'number', name, values: new Float64Array(rows).fill(isCount ? 0 : NaN) }];
  });
}
