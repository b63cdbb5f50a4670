/** Records of a shop over years, for tests of what becomes of old ones. */
import type { CanonicalRecord, OrderRecord } from '#core/commerce/record';
import { amounts, orderOf, randomOf, ref, refundOf } from './records.ts';

/** Four years of a shop: two platforms of some sales, refunds soon and late, zero orders, guests, and money we have no rate for. */
export function shopHistory(seed: number, size: number): CanonicalRecord[] {
  const random = randomOf(seed);
  const pick = (n: number): number => Math.floor(random() * n);
  const at = (days: number): string => new Date(Date.UTC(2023, 2, 1) + days * 86_400_000 + pick(86_400) * 1000).toISOString();
  const records: CanonicalRecord[] = [];
  for (let n = 0; n < size; n++) {
    const days = pick(1400);
    const cents = random() < 0.1 ? 0 : 100 + pick(5000);
    const order: OrderRecord = orderOf(`o${String(n)}`, {
      occurredAt: at(days), customer: random() < 0.1 ? null : ref({ externalId: `c${String(pick(12))}` }), amounts: amounts(cents, random() < 0.08 ? 'AED' : 'EUR'), counts: random() < 0.95,
      items: [{ productId: 'p', sku: null, name: 'Beans', category: null, quantity: 1, amount: cents }],
    });
    records.push(order);
    if (random() < 0.2) {
      order.paymentKeys = [`stripe:pi_${String(n)}`];
      records.push({ ...order, source: 'stripe', externalId: `pi_${String(n)}`, paymentKeys: [], precedence: 20, occurredAt: new Date(Date.parse(order.occurredAt) + 60_000).toISOString() });
    }
    for (let r = 0; random() < 0.25 && r < 3; r++) {
      records.push(refundOf(`r${String(n)}.${String(r)}`, order.externalId, { occurredAt: at(Math.min(1400, days + pick(random() < 0.3 ? 500 : 20))), amounts: amounts(random() < 0.3 ? cents : Math.ceil(cents / 4), order.amounts.currency) }));
    }
    if (random() < 0.05) records.push(refundOf(`alone${String(n)}`, '', { orderExternalId: null, occurredAt: at(days), customer: ref({ externalId: `c${String(pick(12))}` }), amounts: amounts(50) }));
    if (random() < 0.04) records.push(refundOf(`lost${String(n)}`, `nowhere${String(n)}`, { occurredAt: at(days) }));
  }
  return records;
}
