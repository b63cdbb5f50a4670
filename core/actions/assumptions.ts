/** What is assumed of people's answers until a holdout has measured it, and what stands between the two. */
import { z } from 'zod';
import { minorDigits } from '#core/commerce/money';

/** In the order in which ties are broken: of two that bring the same, the first. */
export const ACTION_IDS = ['keep_contract', 'second_purchase', 'win_back', 'reorder', 'welcome_back', 'win_back_lapsed', 'win_back_offer', 'thank', 'ask_consent'] as const;
export type ActionId = (typeof ACTION_IDS)[number];

const oneIn = z.number({ error: 'Write a number: 50 is one in 50' }).min(1, { error: 'At least 1: nobody answers more often than always' }).max(100_000, { error: 'At most 100,000' });
const messageCost = z.number({ error: 'Write an amount such as 0.01' }).min(0, { error: 'A message costs nothing or more' }).max(1_000, { error: 'At most 1,000' });

export function perAction<T>(of: (id: ActionId) => T): Record<ActionId, T> {
  return {
    keep_contract: of('keep_contract'), second_purchase: of('second_purchase'), win_back: of('win_back'), reorder: of('reorder'), welcome_back: of('welcome_back'),
    win_back_lapsed: of('win_back_lapsed'), win_back_offer: of('win_back_offer'), thank: of('thank'), ask_consent: of('ask_consent'),
  };
}

const responses = z.strictObject(perAction(() => oneIn));

/** As a company states it; `responses`: one in so many of those who would otherwise stay away. */
export const assumptionsSchema = z.strictObject({
  responses,
  /** Share of an order that an offer gives away, 0–0.9. */
  incentive: z.number({ error: 'Write a share such as 0.1' }).min(0, { error: 'From 0 to 0.9' }).max(0.9, { error: 'From 0 to 0.9' }),
  /** Of one message, in whole units of the company's currency. */
  cost: z.strictObject({ email: messageCost, sms: messageCost }),
});
export type Assumptions = z.infer<typeof assumptionsSchema>;

export const assumptionsChange = z.strictObject({ responses: responses.partial().optional(), incentive: assumptionsSchema.shape.incentive.optional(), cost: assumptionsSchema.shape.cost.partial().optional() });
export type AssumptionsChange = z.infer<typeof assumptionsChange>;

/** Deliberately modest: nobody's measurement, and shown as what they are. */
export const DEFAULT_ASSUMPTIONS: Assumptions = {
  responses: { keep_contract: 10, second_purchase: 50, win_back: 50, reorder: 50, welcome_back: 50, win_back_lapsed: 100, win_back_offer: 60, thank: 100, ask_consent: 10 },
  incentive: 0.1,
  cost: { email: 0.01, sms: 0.08 },
};

export function assumptionsWith(before: Assumptions, { responses: changed, incentive, cost }: AssumptionsChange): Assumptions {
  return assumptionsSchema.parse({ responses: { ...before.responses, ...changed }, incentive: incentive ?? before.incentive, cost: { ...before.cost, ...cost } });
}

/** What a holdout found of one action: the share of those who would have stayed away that came. */
export interface MeasuredResponse {
  response: number;
  standardError: number;
  customers: number;
}

export interface UsedResponse {
  /** What gains are reckoned with, 0–1. */
  used: number;
  assumed: number;
  measured: MeasuredResponse | null;
}

/** Everything gains depend on beside the customer. */
export interface ActionPlan {
  responses: Readonly<Record<ActionId, UsedResponse>>;
  incentive: number;
  /** Of one message, in minor units; may be less than one. */
  cost: { email: number; sms: number };
}

/**
 * Between the assumption and what was measured, each weighed by how sure it is: the mean of two normals. The assumption is
 * taken to be right within its own size, so that a sure measurement replaces it and a vague one hardly moves it.
 */
export function shrunkResponse(assumed: number, measured: MeasuredResponse | null): number {
  if (measured === null || !Number.isFinite(measured.standardError) || measured.standardError <= 0) return assumed;
  const own = 1 / (measured.standardError * measured.standardError), prior = 1 / (assumed * assumed);
  return Math.min(1, Math.max(0, (measured.response * own + assumed * prior) / (own + prior)));
}

/** @param currency of the company: costs are written in its whole units */
export function actionPlan({ responses: stated, incentive, cost }: Assumptions, measured: ReadonlyMap<ActionId, MeasuredResponse>, currency: string): ActionPlan {
  const used = (id: ActionId): UsedResponse => {
    const assumed = 1 / stated[id], found = measured.get(id) ?? null;
    return { assumed, measured: found, used: shrunkResponse(assumed, found) };
  };
  const minor = 10 ** minorDigits(currency);
  return {
    responses: perAction(used), incentive, cost: { email: cost.email * minor, sms: cost.sms * minor },
  };
}
