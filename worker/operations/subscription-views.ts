/** What pages and the API get of contracts that renew; money in minor units. */
import type { Churn, ContractualValue } from '#core/clv/contractual';
import type { SubscriptionStatus } from '#core/commerce/record';

export interface SubscriptionListInput {
  status?: SubscriptionStatus | undefined;
  customerId?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface SubscriptionView {
  source: string;
  externalId: string;
  /** Null where nobody is known to hold it. */
  customerId: string | null;
  customerName: string | null;
  status: SubscriptionStatus;
  plan: string | null;
  currency: string;
  /** Minor units of `currency` a month, before tax. */
  monthlyAmount: number;
  startedAt: string;
  currentPeriodEnd: string | null;
  cancelAt: string | null;
  endedAt: string | null;
}

export interface SubscriptionListView {
  rows: SubscriptionView[];
  nextCursor: string | null;
}

/** One calendar month of contracts; amounts a month in the tenant's currency, losses negative. */
export interface RecurringMonth {
  /** YYYY-MM. */
  month: string;
  /** False for the month that is not over. */
  complete: boolean;
  /** As the month ended, or as it stands. */
  mrr: number;
  customers: number;
  customersAtStart: number;
  new: number;
  expansion: number;
  contraction: number;
  churned: number;
  reactivated: number;
  newCustomers: number;
  churnedCustomers: number;
  reactivatedCustomers: number;
}

/** Minor units of the tenant's currency, discounted; months are not. */
export type ContractWorth = ContractualValue;

export interface RecurringRevenueView {
  currency: string;
  asOf: string;
  horizonDays: number;
  discountRate: number;
  /** Monthly recurring revenue of active and past-due contracts. */
  mrr: number;
  payingCustomers: number;
  trialing: { subscriptions: number; monthly: number };
  statuses: { status: SubscriptionStatus; subscriptions: number }[];
  /** Contracts in currencies without an exchange rate: in no sum here. */
  notIncluded: { currency: string; subscriptions: number }[];
  churn: Churn;
  value: { horizon: ContractWorth; whole: ContractWorth };
  /** Oldest first, the last 24. */
  months: RecurringMonth[];
  empty: boolean;
}

export interface ContractsView {
  rows: SubscriptionView[];
  /** Null when she pays for none now. */
  contract: { currency: string; monthly: number; horizonDays: number; churn: Churn; horizon: ContractWorth; whole: ContractWorth } | null;
}
