/** Plain words for the states and segments that the product knows. */
import type { DriftCause } from '#core/reconcile/compare';
import type { BackfillView } from '#operations/backfills';
import { assertNever } from '#core/errors';
import { STAGES, type Stage } from '#core/clv/lifecycle';
import type { ImportView } from '#operations/import-views';
import type { PrivacyRequestView } from '#operations/privacy-views';

export function isStage(text: string | null): text is Stage {
  return STAGES.some((stage) => stage === text);
}

/** "1 customer", "1,240 customers". */
export const customersWords = (n: number, count: (n: number) => string): string => `${count(n)} ${n === 1 ? 'customer' : 'customers'}`;

export const membersWords = (n: number, count: (n: number) => string): string => `${count(n)} ${n === 1 ? 'member' : 'members'}`;

export function stageName(stage: Stage): string {
  switch (stage) {
    case 'new': return 'New';
    case 'active': return 'Active';
    case 'returning': return 'Returning';
    case 'at_risk': return 'At risk';
    case 'lapsed': return 'Lapsed';
    default: return assertNever(stage);
  }
}

export function stageMeaning(stage: Stage): string {
  switch (stage) {
    case 'new': return 'One purchase so far, and it is too early to expect the next';
    case 'active': return 'Buying at about their usual pace';
    case 'returning': return 'Bought again within the last 30 days after a long silence';
    case 'at_risk': return 'Later than usual: more than one and a half times their usual gap';
    case 'lapsed': return 'Silent for more than three times their usual gap';
    default: return assertNever(stage);
  }
}

export function importStateName(state: ImportView['state']): string {
  switch (state) {
    case 'uploading': return 'Uploading';
    case 'waiting': return 'Waiting to start';
    case 'running': return 'Reading';
    case 'done': return 'Done';
    case 'cancelled': return 'Cancelled';
    case 'failed': return 'Failed';
    case 'undoing': return 'Being undone';
    case 'undone': return 'Undone';
    default: return assertNever(state);
  }
}

export function privacyKindName(kind: PrivacyRequestView['kind']): string {
  switch (kind) {
    case 'data_request': return 'A copy of their data';
    case 'erasure': return 'To be forgotten';
    case 'deletion': return 'Their record was deleted there';
    case 'shop_erasure': return 'A whole shop to be forgotten';
    case 'uninstalled': return 'The app was removed there';
    default: return assertNever(kind);
  }
}

export function backfillStateName(state: BackfillView['state']): string {
  switch (state) {
    case 'waiting': return 'Waiting to start';
    case 'running': return 'Reading';
    case 'done': return 'Done';
    case 'cancelled': return 'Cancelled';
    case 'failed': return 'Failed';
    default: return assertNever(state);
  }
}

/** Why a platform's figures and ours differ: a few words for a list, a sentence for one record. */
export function driftCauseWords(cause: DriftCause): { short: string; long: string } {
  switch (cause) {
    case 'refund_dating': return { short: 'refunds dated on another day', long: 'Refund dated on another day there than here.' };
    case 'order_dating': return { short: 'orders dated on another day', long: 'Order dated on another day there than here.' };
    case 'test_orders': return { short: 'test orders', long: 'Test order: listed there, not a sale here.' };
    case 'zero_orders': return { short: 'orders over nothing', long: 'Order over nothing: listed there, not a purchase here.' };
    case 'currency': return { short: 'a currency without a rate', long: 'In a currency that we have no exchange rate for yet.' };
    case 'duplicates': return { short: 'sales counted under another platform', long: 'The same sale is counted here under another platform’s order.' };
    case 'not_arrived': return { short: 'orders that never arrived', long: 'There, and had not arrived here.' };
    case 'gone': return { short: 'orders that are gone there', long: 'Here, and no longer there.' };
    case 'amount': return { short: 'other amounts', long: 'Another amount there than here.' };
    default: return assertNever(cause);
  }
}

/** "next 12 months", or days where the horizon is no whole number of months. */
export function horizonWords(days: number): string {
  const months = Math.round(days / (365 / 12));
  return months >= 2 && Math.abs(days - (months * 365) / 12) <= 2 ? `next ${months} months` : `next ${days} days`;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase() || '?';
}
