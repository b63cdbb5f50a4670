/** Who bought which product on which day, from a CSV file. */
import type { PurchaseLines } from '#core/recommend/interactions';
import { columnNames, csvLines, dayCell } from './csv-lines.ts';
import { InputError } from './input-error.ts';

export interface PurchaseFile {
  lines: PurchaseLines;
  /** Customer ids by index, in order of appearance. */
  customerIds: string[];
  /** Item ids by index, ascending as text. */
  itemIds: string[];
  /** For people: what was left out. */
  notes: string[];
}

/** The names a column may have, the promised one first. */
const ALIASES = {
  customer: ['customer_id', 'customer', 'user_id'],
  date: ['date', 'order_date', 'invoice_date', 'day'],
  item: ['product', 'product_id', 'item', 'item_id', 'sku', 'stock_code'],
} as const;

/**
 * Read `customer_id,date,product[,quantity]` in any column order. Lines without a customer or a product, and lines that
 * take something back (quantity not above 0), are left out and counted in the notes.
 * @throws InputError naming file and line
 */
export async function readPurchases(path: string): Promise<PurchaseFile> {
  const customers = new Map<string, number>();
  const products = new Map<string, number>();
  const customer: number[] = [];
  const product: number[] = [];
  const day: number[] = [];
  const skipped = { customer: 0, product: 0, quantity: 0 };
  let columns: { customer: number; date: number; item: number; quantity: number } | undefined;
  for await (const { at, cells } of csvLines(path)) {
    if (!columns) {
      columns = readHeading(at, cells);
      continue;
    }
    const quantity = columns.quantity < 0 ? '' : (cells[columns.quantity] ?? '');
    if (quantity !== '' && !Number.isFinite(Number(quantity))) throw new InputError(`${at}: quantity must be a number, not "${quantity}".`);
    const who = cells[columns.customer] ?? '';
    const what = cells[columns.item] ?? '';
    if (who === '') skipped.customer++;
    else if (what === '') skipped.product++;
    else if (quantity !== '' && Number(quantity) <= 0) skipped.quantity++;
    else {
      day.push(dayCell(at, cells[columns.date] ?? ''));
      customer.push(indexOf(customers, who));
      product.push(indexOf(products, what));
    }
  }
  if (day.length === 0) throw new InputError(`${path}: there is no line with a customer and a product.`);
  const itemIds = [...products.keys()].sort();
  const number = new Map(itemIds.map((id, i) => [products.get(id) ?? -1, i]));
  return {
    lines: { customer: Int32Array.from(customer), day: Int32Array.from(day), item: Int32Array.from(product, (p) => number.get(p) ?? -1), customers: customers.size, items: itemIds.length },
    customerIds: [...customers.keys()],
    itemIds,
    notes: [
      ...(skipped.customer > 0 ? [`${skipped.customer} lines without a customer were left out`] : []),
      ...(skipped.product > 0 ? [`${skipped.product} lines without a product were left out`] : []),
      ...(skipped.quantity > 0 ? [`${skipped.quantity} lines with a quantity of zero or less were left out`] : []),
    ],
  };
}

function indexOf(known: Map<string, number>, id: string): number {
  const index = known.get(id) ?? known.size;
  known.set(id, index);
  return index;
}

function readHeading(at: string, heading: string[]): { customer: number; date: number; item: number; quantity: number } {
  const names = columnNames(heading);
  const find = (aliases: readonly string[]): number => aliases.map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1;
  const columns = { customer: find(ALIASES.customer), date: find(ALIASES.date), item: find(ALIASES.item), quantity: names.indexOf('quantity') };
  const missing = ([['customer', 'customer_id'], ['date', 'date'], ['item', 'product']] as const).filter(([key]) => columns[key] < 0).map(([, name]) => name);
  if (missing.length > 0) throw new InputError(`${at}: column ${missing.join(', ')} is missing; found ${heading.join(', ')}.`);
  return columns;
}
