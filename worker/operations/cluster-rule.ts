/** A segment that is kept by its nearest centre, told as a rule of who is in it today: what it can be turned into. */
import { AppError } from '#core/errors';
import { minorDigits } from '#core/commerce/money';
import { nearest } from '#core/clustering/nearest';
import type { Feature } from '#core/clustering/prepare';
import { fidelity, leastLeafOf, ruleHolds, ruleTree } from '#core/clustering/rule-tree';
import type { Rule } from '#core/clustering/rule-tree';
import { isDiscoveryFeature } from '#core/discovery/features';
import { ruleFilter } from '#core/discovery/rule-filter';
import type { ClusterDefinition } from '#core/segments/definition';
import type { Filter } from '#core/segments/filter';
import { countFeatureRows } from '#data/discoveries';
import type { DiscoveryBase } from '#data/discoveries';
import type { TenantContext } from '#worker/ports';
import type { FidelityView } from './discovery-views.ts';
import { MOST_NUMBERS, readFeatureTable } from './feature-table.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { definitionOf, requireSegment } from './segments.ts';

export interface ClusterRule {
  filter: Filter;
  /** From how many customers it was learned, and how well it names those in the group; null where the segment is this rule. */
  learned: { customers: number; fidelity: FidelityView } | null;
}

/** Learned anew each time, and kept nowhere. @throws AppError `not_found`, `invalid_input` where no short rule tells the group, or too many customers would be read */
export async function clusterRule(ctx: TenantContext, id: string): Promise<ClusterRule> {
  requirePermission(ctx, 'segments:write');
  const [state, row] = await Promise.all([requireState(ctx), requireSegment(ctx, id)]);
  const definition = definitionOf(row);
  if (definition.kind === 'rule') return { filter: definition.filter, learned: null };
  const base = baseOf(definition.filter);
  const names = [...new Set(definition.nested.flatMap(({ steps }) => steps.map(({ name }) => name)))].filter(isDiscoveryFeature);
  const expected = await countFeatureRows(ctx.db, base);
  if (expected * names.length > MOST_NUMBERS) throw new AppError('invalid_input', `${String(expected)} customers by ${String(names.length)} features are more than can be told as a rule at once`);
  const { ids, features } = await readFeatureTable(ctx, base, names, { today: asOfDay(ctx, state), digits: minorDigits(state.currency) });
  const { rules, member, isNamed } = rulesOf(definition, features, ids.length);
  // A level that everybody is in today says nothing.
  const telling = rules.filter((rule) => !rule.some((bounds) => bounds.length === 0));
  const told = telling.map(ruleFilter).filter((rule) => rule !== null);
  if (told.length < telling.length) throw new AppError('invalid_input', 'No short rule describes who is in this group today');
  return { filter: { all: [definition.filter, ...told.flatMap((rule) => ('all' in rule ? rule.all : [rule]))] }, learned: { customers: ids.length, fidelity: fidelity(member, isNamed) } };
}

/** Inside of a cluster of a cluster: each level is told among those who are in the one before. */
function rulesOf({ nested }: ClusterDefinition, features: readonly Feature[], customers: number): { rules: Rule[]; member: Uint8Array; isNamed: (row: number) => boolean } {
  const columns = new Map(features.map(({ name, values }) => [name, values]));
  const valueOf = (row: number) => (name: string): number => columns.get(name)?.[row] ?? 0;
  let rows = Int32Array.from({ length: customers }, (_, row) => row);
  const rules = nested.map(({ label, ...centroids }) => {
    const isIn = (row: number): boolean => nearest(centroids, valueOf(row)).label === label;
    const inside = rows.filter(isIn);
    const known = centroids.steps.map(({ name }) => ({ name, values: Float64Array.from(rows, (row) => valueOf(row)(name)) }));
    const among = rows;
    rows = inside;
    return ruleTree(known, (at) => isIn(among[at] ?? 0), { leastLeaf: leastLeafOf(inside.length) }).rule;
  });
  const member = new Uint8Array(customers);
  for (const row of rows) member[row] = 1;
  return { rules, member, isNamed: (row) => rules.every((rule) => ruleHolds(rule, valueOf(row))) };
}

/** Whom the group was looked for in. */
function baseOf(filter: Filter): DiscoveryBase {
  return 'is' in filter && filter.is === 'segment' && typeof filter.id === 'string' ? { kind: 'segment', id: filter.id } : { kind: 'everybody' };
}
