/** Who bought which product on which day, from a CSV file. */
import type { PurchaseLines } from '#core/recommend/interactions';
import { orderColumns, type OrderColumns } from './columns.ts';
import { csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';
import { writingOf } from './writing.ts';

export interface PurchaseFile {
  lines: PurchaseLines;
  /** Customer ids by index, in order of appearance. */
  customerIds: string[];
  /** Item ids by index, ascending as text. */
  itemIds: string[];
  /** For people: what was left out. */
  notes: string[];
}

/**
 * Read `customer_id,date,product[,quantity]`, or the same by other common headings, in any column order. Lines without a customer or a product, and lines that
 * take something back (quantity not above 0), are left out and counted in the notes.
 * @throws InputError naming file and line
 */
export async function readPurchases(path: string, { timeZone, dates }: { timeZone?: string; dates?: string } = {}): Promise<PurchaseFile> {
  const columns = await columnsOf(path);
  const writing = await writingOf(path, columns.date, columns.quantity < 0 ? [] : [columns.quantity], { timeZone, dates });
  const customers = new Map<string, number>();
  const products = new Map<string, number>();
  const customer: number[] = [];
  const product: number[] = [];
  const day: number[] = [];
  const skipped = { customer: 0, product: 0, quantity: 0 };
  let isHeading = true;
  for await (const { at, cells } of csvLines(path)) {
    if (isHeading) {
      isHeading = false;
      continue;
    }
    const quantity = columns.quantity < 0 ? '' : writing.decimal(cells[columns.quantity] ?? '');
    if (quantity !== '' && !Number.isFinite(Number(quantity))) throw new InputError(`${at}: quantity must be a number, not "${quantity}".`);
    const who = cells[columns.customer] ?? '';
    const what = cells[columns.product] ?? '';
    if (who === '') skipped.customer++;
    else if (what === '') skipped.product++;
    else if (quantity !== '' && Number(quantity) <= 0) skipped.quantity++;
    else {
      const onDay = writing.day(cells[columns.date] ?? '');
      if (onDay === null) throw new InputError(`${at}: date must be a day such as 1997-09-30, not "${cells[columns.date] ?? ''}".`);
      day.push(onDay);
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
      ...writing.notes,
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

async function columnsOf(path: string): Promise<OrderColumns> {
  for await (const { at, cells } of csvLines(path)) {
    const columns = orderColumns(cells);
    const missing = ([['customer', 'customer_id'], ['date', 'date'], ['product', 'product']] as const).filter(([key]) => columns[key] < 0).map(([, name]) => name);
    if (missing.length > 0) throw new InputError(`${at}: column ${missing.join(', ')} is missing; found ${cells.join(', ')}.`);
    return columns;
  }
  throw new InputError(`${path} line 1: the file is empty; a heading with the names of its columns is needed.`);
}
