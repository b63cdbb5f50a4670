/** Rows of a known export, and lines of transactions in the API's shape, as sales and refunds. */
import { AppError } from '#core/errors';
import { InputRefusal, parseOne } from '../batch-input.ts';
import type { Mapping } from '../csv/mapping.ts';
import { MAX_ORDER_LINES } from '../csv/order-lines.ts';
import type { RowGroup, RowInterpreter } from '../csv/order-lines.ts';
import type { FileRow } from '../csv/reader.ts';
import { Refusal, rejectionOf, requireWhole } from '../csv/row.ts';
import type { FileRecord, RowContext } from '../csv/row.ts';
import { toRecord, transactionInput } from '../transaction-input.ts';
import { EXPORTS } from './presets.ts';
import type { ExportId } from './presets.ts';
import { cellsBy } from './presets/preset.ts';
import type { Cells, Preset } from './presets/preset.ts';

function groupOf(row: FileRow): RowGroup {
  return { records: [], rejections: [], rows: 1, end: row.end, line: row.line };
}

/** A known export by its own rules. A line that cannot be read costs its order: half an order would be a wrong sum. */
export class PresetLines implements RowInterpreter {
  readonly #preset: Preset;
  readonly #mapping: Mapping;
  readonly #context: RowContext;
  readonly #cellsOf: (row: FileRow) => Cells;
  #lines: Cells[] = [];
  #order: string | null = null;
  #group: RowGroup | null = null;

  constructor(id: ExportId, mapping: Mapping, context: RowContext) {
    this.#preset = EXPORTS[id];
    this.#mapping = mapping;
    this.#context = context;
    this.#cellsOf = cellsBy(mapping, context);
  }

  read(row: FileRow): RowGroup[] {
    let cells: Cells;
    try {
      cells = this.#cellsOf(row);
    } catch (error) {
      return [...this.finish(), this.#refused(row, error)];
    }
    const order = this.#preset.orderOf(cells);
    if (order !== null && order === this.#order && this.#group !== null) {
      this.#group.rows += 1;
      this.#group.end = row.end;
      this.#group.line = row.line;
      if (this.#lines.length < MAX_ORDER_LINES) this.#lines.push(cells);
      else this.#group.rejections.push(rejectionOf(row, new Refusal('too_many_lines', null, `The order has more than ${String(MAX_ORDER_LINES)} lines`), this.#mapping));
      return [];
    }
    const done = this.finish();
    this.#group = groupOf(row);
    this.#lines = [cells];
    this.#order = order;
    return done;
  }

  finish(): RowGroup[] {
    const group = this.#group;
    const [first, ...rest] = this.#lines;
    this.#group = null;
    this.#lines = [];
    if (group === null || first === undefined) return [];
    try {
      group.records = this.#preset.read([first, ...rest], this.#context).map((record): FileRecord => ({ record, hasOwnId: true, row: first.row }));
    } catch (error) {
      group.rejections.push(...this.#refused(first.row, error).rejections);
    }
    return [group];
  }

  #refused(row: FileRow, error: unknown): RowGroup {
    if (!(error instanceof Refusal)) throw error;
    return { ...groupOf(row), rejections: [rejectionOf(row, error, this.#mapping)] };
  }
}

/** JSON lines in the shape of `POST /transactions`. One without an id is named by what it says, as lines of a CSV are. */
export class TransactionLines implements RowInterpreter {
  readonly #mapping: Mapping;
  readonly #context: RowContext;

  constructor(mapping: Mapping, context: RowContext) {
    this.#mapping = mapping;
    this.#context = context;
  }

  read(row: FileRow): RowGroup[] {
    const group = groupOf(row);
    try {
      requireWhole(row);
      group.records.push(this.#record(row));
    } catch (error) {
      group.rejections.push(rejectionOf(row, asRefusal(error), this.#mapping));
    }
    return [group];
  }

  finish(): RowGroup[] {
    return [];
  }

  #record(row: FileRow): FileRecord {
    const { source, currency, clock, now, identity } = this.#context;
    const input = parseOne(row.json, transactionInput);
    const record = toRecord(input, { source, currency, timeZone: clock.timeZone, now: new Date(now), makeId: () => '' });
    // As lines of a CSV, one without a change time of its own never changes.
    if (input.updatedAt === undefined) record.version = { updatedAt: record.occurredAt, rank: 0 };
    if (record.externalId !== '') return { record, hasOwnId: true, row };
    const { version: _, ...said } = record;
    const { hash, ordinal } = identity.next(JSON.stringify(said));
    record.externalId = ordinal === 1 ? `row:${hash}` : `row:${hash}~${String(ordinal)}`;
    return { record, hasOwnId: false, row };
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof InputRefusal) return new Refusal(error.code, error.path === '' ? null : { heading: error.path }, error.message);
  if (error instanceof AppError) return new Refusal('invalid_field', null, error.message);
  throw error;
}
