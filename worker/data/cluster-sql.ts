/** Whose centre is nearest, over the whole base: the SQL twin of core/clustering/nearest.ts on the features of core/discovery. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Centroids } from '#core/clustering/nearest';
import { assertNever, AppError } from '#core/errors';
import { isDiscoveryFeature } from '#core/discovery/features';
import type { DiscoveryFeature, FeatureMoment } from '#core/discovery/features';

const number = (value: number): SQL => sql`${value}::float8`;

function featureColumn(name: DiscoveryFeature, { today, digits }: FeatureMoment): SQL {
  const whole = (minor: SQL): SQL => sql`(${minor} / ${number(10 ** digits)})`;
  switch (name) {
    case 'recency_days': return sql`(${today}::date - s.last_day)::float8`;
    case 'tenure_days': return sql`(${today}::date - s.first_day)::float8`;
    case 'purchase_days': return sql`s.purchase_days::float8`;
    case 'historical_value': return whole(sql`s.historical_value::float8`);
    // Nobody without an order is asked, but nothing says that Postgres looks at that first.
    case 'average_order': return whole(sql`(s.historical_value::float8 / greatest(s.orders, 1)::float8)`);
    case 'predicted_value': return whole(sql`s.predicted_value::float8`);
    case 'expected_orders': return sql`s.expected_orders::float8`;
    case 'expected_spend': return whole(sql`coalesce(s.expected_spend, 0)::float8`);
    case 'p_alive': return sql`s.p_alive::float8`;
    case 'churn': return sql`coalesce(s.churn, (1::float8 - s.p_alive::float8)::real)::float8`;
    default: return assertNever(name);
  }
}

/** Columns d0, d1, …: her squared distance to each centre, on one row of `customer_stats s`. */
function squaredDistances({ steps, centres }: Centroids, moment: FeatureMoment): SQL {
  const prepared = steps.map(({ name, low, high, log, centre, spread }, f) => {
    if (!isDiscoveryFeature(name)) throw new AppError('internal', `No feature "${name}"`);
    const column = featureColumn(name, moment);
    const within = low === null || high === null ? column : sql`least(${number(high)}, greatest(${number(low)}, ${column}))`;
    return sql`((${log ? sql`ln(1::float8 + greatest(0::float8, ${within}))` : within}) - ${number(centre)}) / ${number(spread)} as ${sql.raw(`f${String(f)}`)}`;
  });
  const distances = centres.map((row, c) => sql`${sql.join(row.map((at, f) => sql`(p.${sql.raw(`f${String(f)}`)} - ${number(at)}) * (p.${sql.raw(`f${String(f)}`)} - ${number(at)})`), sql` + `)} as ${sql.raw(`d${String(c)}`)}`);
  return sql`(select ${sql.join(distances, sql`, `)} from (select ${sql.join(prepared, sql`, `)}) p) q`;
}

/** True of those in cluster `label`, on one row of `customer_stats s`. */
export function nearestIs(centroids: Centroids, label: number, moment: FeatureMoment): SQL {
  const own = sql.raw(`q.d${String(label)}`);
  const closer = centroids.centres.flatMap((_, c) => (c === label ? [] : [sql`${own} ${sql.raw(c < label ? '<' : '<=')} ${sql.raw(`q.d${String(c)}`)}`]));
  return sql`(s.purchase_days > 0 and s.orders > 0 and s.p_alive is not null and s.expected_orders is not null
    and (select ${sql.join(closer, sql` and `)} from ${squaredDistances(centroids, moment)}))`;
}

/** The distance of one of cluster `label` to its centre, on one row of `customer_stats s`. */
export function distanceTo({ steps, centres }: Centroids, label: number, moment: FeatureMoment): SQL {
  const own = centres[label];
  if (own === undefined) throw new AppError('internal', 'There is no such centre');
  return sql`(select sqrt(q.d0) from ${squaredDistances({ steps, centres: [own] }, moment)})`;
}
