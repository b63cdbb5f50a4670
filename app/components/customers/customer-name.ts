/** What to call a customer of whom little may be known. */
import type { CustomerRow } from '#operations/customer-views';

export function customerName(row: Pick<CustomerRow, 'name' | 'email' | 'externalId'>): string {
  return row.name ?? row.email ?? `Customer ${row.externalId}`;
}
