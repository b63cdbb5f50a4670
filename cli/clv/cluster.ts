/** `clv cluster`: groups of customers that are alike, from their orders or from a table of numbers. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { CUSTOMER_FEATURES, customerFeatures } from '#core/clustering/customer-features';
import { discover, METHODS, type Discovery, type DiscoverOptions } from '#core/clustering/discover';
import { LINKAGES } from '#core/clustering/hierarchical';
import { SCALES, type Feature } from '#core/clustering/prepare';
import { adjustedRand } from '#core/clustering/quality';
import { minorDigits } from '#core/commerce/money';
import { csvLines } from './csv-lines.ts';
import { readFlags, type Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { isOrderHeader, readOrders } from './read-orders.ts';
import { readNumbers } from './read-numbers.ts';

export const CLUSTER_HELP = `clv cluster FILE.csv [flags]
  Groups of customers that are alike. The file holds orders (customer_id,date,amount) or a row of numbers each.

  --method NAME        kmeans (default), dbscan or hierarchical
  --k N                how many clusters (default: suggested by silhouette, with the gap statistic beside it)
  --features A,B,…     of orders: ${CUSTOMER_FEATURES.join(', ')} (default the first three);
                       of a table: its columns (default: all that hold numbers, but id and label)
  --log A,B,…          take ln(1 + value) of these; all or none (default: all of orders, none of a table)
  --winsorise P        pull this share in on each side, such as 0.01 (default 0)
  --scale NAME         ${SCALES.join(', ')} (default z-score)
  --linkage NAME       ${LINKAGES.join(', ')} (default ward)
  --eps R, --min-points N   for dbscan, on the prepared features (default: suggested; twice the features, at least 4)
  --starts N           of kmeans (default 10)
  --inside N           cluster the members of cluster N again, by themselves
  --label NAME         a column with known groups, to compare with (default label)
  --as-of DAY          of orders: day that recency is counted to (default: the day after the last order)
  --count-zero         a day worth zero is a purchase too
  --currency CODE      how many decimals amounts have (default USD)
  --customers OUT.csv  write a row per customer, and leave labels and map out of the JSON
  --time-zone ZONE     such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY          day-first or month-first, where 03/04/2026 fits both ways
  --json               print JSON
`;

interface Table {
  ids: string[];
  features: Feature[];
  truth: string[] | null;
  notes: string[];
  fromOrders: boolean;
}

function list(text: string | undefined): string[] | null {
  return text === undefined ? null : text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

function oneOf<const T extends string>(flags: Flags, name: string, fallback: T, allowed: readonly T[]): T {
  const given = flags.text(name) ?? fallback;
  const found = allowed.find((each) => each === given);
  if (found === undefined) throw new InputError(`--${name} must be one of ${allowed.join(', ')}, not "${given}".`);
  return found;
}

function whole(flags: Flags, name: string, fallback: number, least: number): number {
  const value = flags.number(name, fallback, least);
  if (!Number.isInteger(value)) throw new InputError(`--${name} must be a whole number, not "${value}".`);
  return value;
}

async function readFile(flags: Flags): Promise<Table> {
  let heading: string[] = [];
  for await (const { cells } of csvLines(flags.file)) {
    heading = cells;
    break;
  }
  const wanted = list(flags.text('features'));
  if (!isOrderHeader(heading)) return { ...(await readNumbers(flags.file, wanted, flags.text('label') ?? 'label')), fromOrders: false };
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const { events, ids, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const asOf = flags.day('as-of') ?? lastDay + 1;
  const names = wanted ?? CUSTOMER_FEATURES.slice(0, 3);
  const table = customerFeatures(events, asOf, flags.on('count-zero'));
  if (table.customer.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(asOf)}.`);
  const unit = 10 ** minorDigits(currency);
  const features = names.map((name) => {
    const feature = table.features.find((each) => each.name === name);
    if (!feature) throw new InputError(`--features: "${name}" is not one of ${CUSTOMER_FEATURES.join(', ')}.`);
    return name === 'monetary' || name === 'average_order' ? { name, values: feature.values.map((value) => value / unit) } : feature;
  });
  return { ids: Array.from(table.customer, (customer) => ids[customer] ?? ''), features, truth: null, notes: fileNotes, fromOrders: true };
}

function optionsOf(flags: Flags, names: readonly string[], fromOrders: boolean): DiscoverOptions {
  const logs = list(flags.text('log')) ?? [fromOrders ? 'all' : 'none'];
  const log = logs.length === 1 && logs[0] === 'all' ? names : logs.length === 1 && logs[0] === 'none' ? [] : logs;
  const unknown = log.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new InputError(`--log: ${unknown.join(', ')} is not a feature; features are ${names.join(', ')}.`);
  const winsorise = flags.number('winsorise', 0, 0);
  if (winsorise >= 0.5) throw new InputError(`--winsorise must be below 0.5, such as 0.01, not "${winsorise}".`);
  const eps = flags.number('eps', 0, 0);
  if (flags.text('eps') !== undefined && eps === 0) throw new InputError('--eps must be above 0.');
  return {
    method: oneOf(flags, 'method', 'kmeans', METHODS), scale: oneOf(flags, 'scale', 'z-score', SCALES), linkage: oneOf(flags, 'linkage', 'ward', LINKAGES), log, winsorise,
    starts: whole(flags, 'starts', 10, 1),
    ...(flags.text('k') === undefined ? {} : { k: whole(flags, 'k', 1, 1) }),
    ...(eps > 0 ? { eps } : {}),
    ...(flags.text('min-points') === undefined ? {} : { minPoints: whole(flags, 'min-points', 1, 1) }),
  };
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runCluster(args: string[]): Promise<void> {
  const valued = ['method', 'k', 'features', 'log', 'winsorise', 'scale', 'linkage', 'eps', 'min-points', 'starts', 'inside', 'label', 'as-of', 'currency', 'customers'];
  const flags = readFlags(args, valued, ['count-zero']);
  if (flags.help) return void process.stdout.write(CLUSTER_HELP);
  // Flags are judged before a long file is read, as far as they can be.
  optionsOf(flags, list(flags.text('log')) ?? [], false);
  let table = await readFile(flags);
  const options = optionsOf(flags, table.features.map(({ name }) => name), table.fromOrders);
  const start = performance.now();
  let made = discover(table.features, options);
  let inside: Record<string, unknown> | null = null;
  if (flags.text('inside') !== undefined) {
    const label = whole(flags, 'inside', 0, 0);
    const outer = made.clusters[label];
    if (!outer) throw new InputError(`--inside must be a cluster from 0 to ${made.clusters.length - 1}, not "${label}".`);
    inside = { label, name: outer.name, size: outer.size };
    table = membersOf(table, made.labels, label);
    made = discover(table.features, options);
  }
  const seconds = (performance.now() - start) / 1000;
  const out = flags.text('customers');
  if (out !== undefined) await writeCsv(out, ['id', 'cluster', 'name', ...table.features.map(({ name }) => name)], table.ids.map((id, i) => [id, made.labels[i] ?? -1, made.clusters[made.labels[i] ?? -1]?.name ?? 'noise', ...table.features.map(({ values }) => values[i] ?? 0)]));
  print(answer(table, made, options, { seconds, inside, json: flags.on('json'), everything: flags.on('json') && out === undefined }), flags.on('json'));
}

function membersOf(table: Table, labels: Int32Array, label: number): Table {
  const rows = [...labels.keys()].filter((i) => labels[i] === label);
  const { truth } = table;
  return {
    ...table,
    ids: rows.map((i) => table.ids[i] ?? ''),
    features: table.features.map(({ name, values }) => ({ name, values: Float64Array.from(rows, (i) => values[i] ?? 0) })),
    truth: truth && rows.map((i) => truth[i] ?? ''),
  };
}

function answer(table: Table, made: Discovery, options: DiscoverOptions, { seconds, inside, json, everything }: { seconds: number; inside: Record<string, unknown> | null; json: boolean; everything: boolean }): Record<string, unknown> {
  const { suggestion, silhouette, separation, map } = made;
  const known = table.truth && [...new Set(table.truth)];
  return {
    method: made.method,
    customers: table.ids.length,
    features: made.features,
    scale: options.scale, log: options.log, winsorise: options.winsorise,
    ...(options.method === 'hierarchical' ? { linkage: options.linkage } : {}),
    ...(made.eps === null ? {} : { eps: made.eps, minPoints: made.minPoints }),
    inside, seconds,
    k: made.clusters.length,
    noise: made.noise,
    inertia: separation.inertia,
    silhouette: silhouette.mean,
    silhouetteOn: silhouette.probed,
    daviesBouldin: separation.daviesBouldin,
    calinskiHarabasz: separation.calinskiHarabasz,
    ...(known ? { adjustedRand: adjustedRand(made.labels, (table.truth ?? []).map((name) => known.indexOf(name))) } : {}),
    sizes: made.clusters.map((cluster) => cluster.size),
    clusters: json ? made.clusters : Object.fromEntries(made.clusters.map(({ label, ...rest }) => [label, rest])),
    suggestion: suggestion && { k: suggestion.k, byGap: suggestion.byGap, sampled: suggestion.sampled, trials: json ? suggestion.trials : suggestion.trials.map((t) => `k ${t.k}: silhouette ${t.silhouette?.toFixed(3) ?? '–'}, gap ${t.gap.toFixed(3)} ± ${t.gapError.toFixed(3)}`) },
    mapAxes: map.axes.map((axis) => Object.fromEntries([...made.features.map((name, f): [string, number] => [name, axis.loadings[f] ?? 0]), ['explained', axis.explained]])),
    notes: [...table.notes, ...made.notes],
    ...(everything ? { labels: Array.from(made.labels), ids: table.ids, map: map.points.map(({ row, ...point }) => ({ id: table.ids[row] ?? '', ...point })) } : {}),
  };
}
