/** What `clv churn` reads: orders, made into features and labels by two days, or a table with a label column. */
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import { isLogged, REFERENCE_FEATURES } from '#core/features/catalogue';
import { dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { takeRows, takeValues, type Table } from '#core/learning/table';
import type { Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { isOrderHeader, readOrders } from './read-orders.ts';
import { readHeader, readTable, typedColumn } from './read-table.ts';

export interface ChurnInput {
  shape: 'transactions' | 'table';
  ids: string[];
  table: Table;
  /** 1 left, 0 stayed, NaN not known. */
  y: Float64Array;
  /** What the two days were, or what the label's values mean. */
  about: Record<string, unknown>;
  isLogged: (name: string) => boolean;
  notes: string[];
}

/** Read the file as its header says. @param labelled whether labels are needed, as for a fit. @throws InputError naming file and line. */
export async function readChurnInput(flags: Flags, labelled: boolean): Promise<ChurnInput> {
  const header = await readHeader(flags.file);
  if (flags.text('label') !== undefined) return readLabelled(flags);
  if (isOrderHeader(header)) return readTransactions(flags, labelled);
  if (!labelled) return readLabelled(flags);
  throw new InputError(`${flags.file} line 1: neither orders (customer_id, date, amount) nor a table with --label COLUMN; found ${header.join(', ')}.`);
}

async function readTransactions(flags: Flags, labelled: boolean): Promise<ChurnInput> {
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const { events, lines, ids, firstDay, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const notes = [...fileNotes];
  const span = lastDay - firstDay;
  const end = flags.day('observation-end') ?? Math.max(lastDay, flags.day('calibration-end') ?? lastDay);
  const horizon = Math.max(1, Math.min(365, Math.floor(span / 3)));
  const origin = flags.day('calibration-end') ?? (labelled ? end - horizon : Math.min(end, lastDay));
  if (flags.day('calibration-end') === undefined && labelled) notes.push(`--calibration-end was not given: features are as of ${dayText(origin)}, and who bought in the ${end - origin} days after stayed`);
  if (origin < firstDay && flags.day('calibration-end') === undefined) throw new InputError(`${flags.file}: its orders span ${span + 1} ${span === 0 ? 'day' : 'days'}, and who leaves is only seen with days before and after the one to look from: give a file with more of them.`);
  if (origin < firstDay) throw new InputError(`--calibration-end ${dayText(origin)} lies before the first order, ${dayText(firstDay)}.`);
  if (end < origin) throw new InputError(`--observation-end ${dayText(end)} lies before --calibration-end ${dayText(origin)}.`);
  if (labelled && end === origin) throw new InputError(`No day lies between --calibration-end and --observation-end (${dayText(end)}): nobody can be seen to leave. Give an earlier --calibration-end.`);
  if (end > lastDay) notes.push(`The file ends on ${dayText(lastDay)}: days after it, up to ${dayText(end)}, are taken to be without orders`);
  const which = flags.text('features') ?? 'all';
  if (which !== 'all' && which !== 'reference') throw new InputError(`--features must be all or reference, not "${which}".`);
  const { known, channel, channels, product, products, category, categories, quantity } = lines;
  const history = { orders: { ...events, known, channel, product, category, quantity }, channels, products, categories };
  const countZero = flags.on('count-zero');
  const made = featuresAt(history, origin, { minorPerUnit: 10 ** minorDigits(currency), countZero, only: which === 'reference' ? REFERENCE_FEATURES : undefined });
  if (made.customer.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(origin)}.`);
  const y = end > origin ? churnLabels(outcomeOf(history, made.customer, origin, end, countZero)) : new Float64Array(made.customer.length).fill(NaN);
  const order = new Int32Array(made.customer.length).map((_, i) => i);
  const name = (i: number): string => ids[made.customer[i] ?? -1] ?? '';
  order.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
  return {
    shape: 'transactions',
    ids: Array.from(order, name),
    table: takeRows(made.table, order),
    y: takeValues(y, order),
    about: { calibrationEnd: dayText(origin), observationEnd: dayText(end), horizonDays: end - origin },
    isLogged,
    notes,
  };
}

const LEFT = new Set(['1', 'yes', 'y', 'true', 't', 'churn', 'churned', 'left', 'leave', 'lost', 'exited', 'attrited customer', 'inactive', 'cancelled', 'canceled']);
const STAYED = new Set(['0', '-1', 'no', 'n', 'false', 'f', 'stayed', 'stay', 'kept', 'retained', 'existing customer', 'active', 'not churned']);

async function readLabelled(flags: Flags): Promise<ChurnInput> {
  const text = await readTable(flags.file);
  const find = (flag: string): number => {
    const wanted = flags.text(flag);
    if (wanted === undefined) return -1;
    const exact = text.header.indexOf(wanted);
    const at = exact >= 0 ? exact : text.header.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
    if (at < 0) throw new InputError(`${flags.file} line 1: there is no column "${wanted}" for --${flag}; found ${text.header.join(', ')}.`);
    return at;
  };
  const label = find('label');
  const id = find('id');
  const dropped = new Set([label, id]);
  for (const name of (flags.text('drop') ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const at = text.header.findIndex((each) => each.toLowerCase() === name.toLowerCase());
    if (at < 0) throw new InputError(`${flags.file} line 1: there is no column "${name}" for --drop; found ${text.header.join(', ')}.`);
    dropped.add(at);
  }
  const notes: string[] = [];
  const columns = text.cells.flatMap((cells, k) => {
    if (dropped.has(k)) return [];
    const { column, note } = typedColumn(text.header[k] ?? '', cells);
    if (note !== undefined) notes.push(note);
    return [column];
  });
  if (columns.length === 0) throw new InputError(`${flags.file} line 1: no column is left to learn from.`);
  const labels = label < 0 ? { y: new Float64Array(text.rows).fill(NaN), about: {} } : readLabels(flags, text.header[label] ?? '', text.cells[label] ?? []);
  const unknown = labels.y.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
  if (label >= 0 && unknown > 0) notes.push(`${unknown} rows have no label: they are scored, and neither fitted on nor tested`);
  return {
    shape: 'table',
    ids: id < 0 ? Array.from({ length: text.rows }, (_, i) => String(i + 1)) : [...(text.cells[id] ?? [])],
    table: { rows: text.rows, columns },
    y: labels.y,
    about: labels.about,
    isLogged: () => false,
    notes,
  };
}

function readLabels(flags: Flags, name: string, cells: readonly string[]): { y: Float64Array; about: Record<string, unknown> } {
  const plain = cells.map((cell) => (/^[+-]?\d+\.0+$/.test(cell) ? String(Number(cell)) : cell));
  const values = [...new Set(plain.filter((cell) => cell !== ''))].sort();
  if (values.length === 0) throw new InputError(`${flags.file}: the label column "${name}" is empty.`);
  const asked = flags.text('positive');
  if (asked !== undefined && !values.some((value) => value.toLowerCase() === asked.toLowerCase())) throw new InputError(`--positive "${asked}" is no value of "${name}"; found ${values.slice(0, 10).join(', ')}.`);
  const isLeft = (value: string): boolean => (asked === undefined ? LEFT.has(value.toLowerCase()) : value.toLowerCase() === asked.toLowerCase());
  if (asked === undefined) {
    const clear = values.every((value) => LEFT.has(value.toLowerCase()) || STAYED.has(value.toLowerCase()));
    if (!clear || values.filter(isLeft).length > 1) {
      throw new InputError(`${flags.file}: which value of "${name}" means that a customer left? Say --positive VALUE; found ${values.slice(0, 10).join(', ')}${values.length > 10 ? `, … (${values.length} values)` : ''}.`);
    }
  }
  const y = Float64Array.from(plain, (cell) => (cell === '' ? NaN : isLeft(cell) ? 1 : 0));
  return { y, about: { label: name, positive: values.find(isLeft) ?? null } };
}
