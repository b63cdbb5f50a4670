/** Facts, checks and amounts of core/actions over many customers: the SQL twin of core/actions/decide.ts. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { ActionPlan } from '#core/actions/assumptions';
import { ACTIONS, REASONS_TO_LEAVE } from '#core/actions/catalogue';
import { LEAST_GAIN, MOST_GAIN } from '#core/actions/decide';
import type { Amount, Check, CompareOp } from '#core/actions/expression';
import type { ActionFacts } from '#core/actions/facts';
import { stageRules } from '#core/clv/lifecycle';
import { assertNever } from '#core/errors';
import { standing } from './customers.ts';
import { pgArray } from './sql-arrays.ts';

/** Whom it is about. */
export type ActionScope = { of: 'all' } | { of: 'segment'; id: string } | { of: 'customer'; id: string };

export interface ActionMoment {
  companyId: string;
  /** YYYY-MM-DD, the company's day. */
  asOf: string;
  medianGapDays: number;
  plan: ActionPlan;
  /** Null while nobody is held out. */
  holdout: { salt: string; share: number } | null;
}

/** `null::float8` instead of a guess wherever something is not known. Read as `c` with `s`, and her contracts `k`. */
const FACTS: Readonly<Record<keyof ActionFacts, (moment: ActionMoment) => SQL>> = {
  purchaseDays: () => sql.raw('s.purchase_days::float8'),
  pAlive: () => sql.raw('s.p_alive::float8'),
  churn: () => sql.raw('coalesce(s.churn::float8, 1 - s.p_alive::float8)'),
  expectedSpend: () => sql.raw('s.expected_spend::float8'),
  daysSince: (moment) => silence(moment),
  gaps: (moment) => {
    const { shrinkGaps } = stageRules(moment.medianGapDays);
    return sql`case when s.purchase_days >= 1 then ${silence(moment)} / greatest(1::float8, (${moment.medianGapDays * shrinkGaps}::float8 + (s.last_day - s.first_day)) / (${shrinkGaps}::float8 + (s.purchase_days - 1))) end`;
  },
  recency: () => sql.raw('s.recency_score::float8'),
  frequency: () => sql.raw('s.frequency_score::float8'),
  monetary: () => sql.raw('s.monetary_score::float8'),
  contractMonthly: () => sql.raw('coalesce(k.monthly, 0)::float8'),
  stage: () => sql.raw('s.stage'),
  // Shopify tells of consent to text messages in an attribute.
  channel: () => sql.raw(`case when c.consent_email = 'granted' and c.email is not null then 'email' when lower(c.attributes ->> 'sms_consent') = 'subscribed' then 'sms'
    when c.consent_email = 'unknown' then 'ask' else 'none' end`),
  contract: () => sql.raw(`coalesce(k.contract, 'none')`),
};

function silence({ asOf }: ActionMoment): SQL {
  return sql`case when s.last_day is not null then greatest(0, ${asOf}::date - s.last_day)::float8 end`;
}

/** Contracts by customer: the one in most danger names her state. Amounts of currencies without a rate count as nothing. */
function contracts({ companyId, asOf }: ActionMoment): SQL {
  return sql`k as materialized (select u.customer_id,
      case when bool_or(u.state = 'past_due') then 'past_due' when bool_or(u.state = 'ending') then 'ending' else 'paying' end as contract,
      coalesce(sum(u.monthly) filter (where u.state <> 'paying'), 0) as monthly
    from (select x.customer_id, case when x.status = 'past_due' then 'past_due' when x.cancel_at is not null then 'ending' else 'paying' end as state,
        case when x.currency = w.currency then x.monthly_amount else round(x.monthly_amount * (select r.factor from exchange_rates r
          where r.company_id = ${companyId} and r.currency = x.currency and r.day <= ${asOf}::date order by r.day desc limit 1))::bigint end as monthly
      from subscriptions x join companies w on w.id = x.company_id
      where x.company_id = ${companyId} and x.status in ('active', 'trialing', 'past_due') and x.ended_at is null) u group by u.customer_id)`;
}

function scoped({ companyId }: ActionMoment, scope: ActionScope): SQL {
  switch (scope.of) {
    case 'all': return sql``;
    case 'segment': return sql` and s.customer_id in (select m.customer_id from segment_members m where m.company_id = ${companyId} and m.segment_id = ${scope.id}::uuid)`;
    case 'customer': return sql` and c.id = ${standing(companyId, scope.id)}`;
    default: return assertNever(scope);
  }
}

/** Evenly over everybody and always the same for one customer and salt: the first 32 bits of a SHA-256. */
function heldOut({ holdout }: ActionMoment): SQL {
  if (holdout === null) return sql.raw('false');
  return sql`(('x' || left(encode(sha256(convert_to(${holdout.salt} || ':' || c.id::text, 'UTF8')), 'hex'), 8))::bit(32)::bigint::float8 / 4294967296 < ${holdout.share}::float8)`;
}

/**
 * For the same transaction, before a statement over many customers: of a tenant it has never seen the planner expects one
 * row, and would walk through all contracts for each customer; compiling the long expressions takes longer than running them.
 */
export const readMany: SQL = sql.raw(`select set_config('enable_mergejoin', 'off', true), set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`);

const names = Object.keys(FACTS);

/**
 * A `with` of which the last, `d`, has one row a customer: `id`, her facts under their names, `"heldOut"`, the gains of
 * actions `g0`, `g1`, … (null: not for her), the best of them, its `action`, and why nothing is done where there is none.
 */
export function decisions(moment: ActionMoment, scope: ActionScope): SQL {
  const { companyId, plan } = moment;
  const facts = Object.entries(FACTS).map(([name, of]) => sql`${of(moment)} as ${sql.identifier(name)}`);
  const gains = ACTIONS.map(({ who, gain }, n) => sql`case when ${checkSql(who)} then ${wholeGain(gain(plan))} end as ${sql.raw(`g${n}`)}`);
  const own = ACTIONS.map((_, n) => sql.raw(`g${n}`));
  const worthwhile = ACTIONS.map((_, n) => sql.raw(`case when g${n} >= ${LEAST_GAIN} then g${n} end as g${n}`));
  return sql`with ${contracts(moment)},
    f as materialized (select c.id, ${sql.join(facts, sql`, `)}, ${heldOut(moment)} as "heldOut"
      from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id left join k on k.customer_id = c.id
      where c.company_id = ${companyId} and s.company_id = ${companyId} and c.merged_into is null${scoped(moment, scope)}),
    g as materialized (select f.*, ${sql.join(gains, sql`, `)} from f),
    w as (select g.id, ${sql.raw(names.map((name) => `g."${name}"`).join(', '))}, g."heldOut", ${sql.join(worthwhile, sql`, `)} from g),
    b as materialized (select w.*, greatest(${sql.join(own, sql`, `)}) as best from w),
    d as (select f.*, case ${sql.join(ACTIONS.map(({ id }, n) => sql`when ${sql.raw(`g${n}`)} = best then ${id}::text`), sql` `)} end as action,
      case when best is null then case ${sql.join(REASONS_TO_LEAVE.map(({ reason, when }) => sql`when ${checkSql(when)} then ${reason}::text`), sql` `)} end end as reason from b f)`;
}

function wholeGain(gain: Amount): SQL {
  const amount = amountSql(gain);
  return sql`floor(case when ${amount} > ${MOST_GAIN}::float8 then ${MOST_GAIN}::float8 else ${amount} end + 0.5)`;
}

/** Always true or false. */
function checkSql(check: Check): SQL {
  switch (check.c) {
    case 'all': return check.of.length === 0 ? sql.raw('true') : sql`(${sql.join(check.of.map(checkSql), sql` and `)})`;
    case 'any': return check.of.length === 0 ? sql.raw('false') : sql`(${sql.join(check.of.map(checkSql), sql` or `)})`;
    case 'not': return sql`(not ${checkSql(check.of)})`;
    case 'known': return sql`(${column(check.fact)} is not null)`;
    case 'among': return sql`(coalesce(${column(check.fact)} = any(${pgArray('text', check.values)}), false))`;
    case 'compare': return sql`(coalesce(${column(check.fact)} ${OPS[check.op]} ${check.than}::float8, false))`;
    default: return assertNever(check);
  }
}

const OPS: Readonly<Record<CompareOp, SQL>> = { lt: sql.raw('<'), lte: sql.raw('<='), gt: sql.raw('>'), gte: sql.raw('>='), eq: sql.raw('=') };

/** Null where any part is not known. */
export function amountSql(amount: Amount): SQL {
  switch (amount.a) {
    case 'number': return sql`${amount.value}::float8`;
    case 'fact': return column(amount.name);
    case 'by_channel': {
      const cases = Object.entries(amount.amounts).map(([channel, value]) => sql`when ${channel}::text then ${value}::float8`);
      return sql`(case ${column('channel')} ${sql.join(cases, sql` `)} end)`;
    }
    case 'plus': return sql`(${amountSql(amount.left)} + ${amountSql(amount.right)})`;
    case 'minus': return sql`(${amountSql(amount.left)} - ${amountSql(amount.right)})`;
    case 'times': return sql`(${amountSql(amount.left)} * ${amountSql(amount.right)})`;
    default: return assertNever(amount);
  }
}

function column(name: keyof ActionFacts): SQL {
  return sql`f.${sql.identifier(name)}`;
}
