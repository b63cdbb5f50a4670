/** A file to batches of records, resumable after any batch. */
import { fileRows } from '../files/rows.ts';
import { PresetLines, TransactionLines } from '../files/preset-lines.ts';
import type { StoredFile } from '../files/stored-file.ts';
import type { Mapping } from './mapping.ts';
import { OrderLines } from './order-lines.ts';
import type { RowGroup, RowInterpreter } from './order-lines.ts';
import type { FileRow } from './reader.ts';
import type { FileRecord, RowContext, RowRejection } from './row.ts';

export interface ImportBatch {
  records: FileRecord[];
  rejections: RowRejection[];
  /** Data rows in this batch: those of records, rejections, and rows that tell of no sale. */
  rows: number;
  /** How much of the content is done once this batch is committed: keep it, and pass it as `resumeAt`. */
  offset: number;
  /** Lines of the file up to there, the heading included. */
  line: number;
  /** Bytes of the stored file that were read so far. */
  bytes: number;
}

export interface ImportOptions {
  /** `offset` of the last committed batch; 0 to begin. */
  resumeAt: number;
  /** How much of the content to read, as an `offset` of another run; null for all. */
  endAt: number | null;
  /** Rows a batch; an order is never cut, so there may be more. */
  batchRows: number;
}

/** Reads rows as the mapping says. `context.identity` must be new. */
export function interpreterOf(mapping: Mapping, context: RowContext): RowInterpreter {
  if (mapping.preset === null) return new OrderLines(mapping, context);
  if (mapping.preset === 'transactions') return new TransactionLines(mapping, context);
  return new PresetLines(mapping.preset, mapping, context);
}

function emptyBatch(offset: number, line: number): ImportBatch {
  return { records: [], rejections: [], rows: 0, offset, line, bytes: 0 };
}

/**
 * Batches of the rows after `resumeAt`. The file is always read from its first byte: packed files cannot be entered in
 * their middle, and a row's name depends on how often the same row came before it (see `RowIdentity`).
 * @throws AppError `invalid_input` when the file is damaged, after the batches before the damage
 */
export async function* importRows(file: StoredFile, mapping: Mapping, context: RowContext, options: ImportOptions): AsyncGenerator<ImportBatch> {
  const endAt = options.endAt ?? Infinity;
  const interpreter = interpreterOf(mapping, context);
  let headerAhead = mapping.header && mapping.format !== 'jsonl';
  let bytes = 0;
  let batch = emptyBatch(0, 0);

  const take = (groups: readonly RowGroup[]): void => {
    for (const group of groups) {
      if (group.end <= options.resumeAt) continue;
      batch.records.push(...group.records);
      batch.rejections.push(...group.rejections);
      batch.rows += group.rows;
      batch.offset = group.end;
      batch.line = group.line;
    }
  };
  const isData = (): boolean => {
    if (!headerAhead) return true;
    headerAhead = false;
    return false;
  };

  let damage: unknown = null;
  const rows = fileRows(file, mapping, (read) => { bytes = read; });
  try {
    reading: for (;;) {
      let step: IteratorResult<FileRow[]>;
      try {
        step = await rows.next();
      } catch (error) {
        // What came before the damage is taken first.
        damage = error;
        break;
      }
      if (step.done === true) break;
      for (const row of step.value) {
        if (row.end > endAt) break reading;
        if (isData()) take(interpreter.read(row));
        if (batch.rows < options.batchRows) continue;
        yield { ...batch, bytes };
        batch = emptyBatch(batch.offset, batch.line);
      }
    }
    // An order whose last lines may be missing is not taken.
    if (damage === null) take(interpreter.finish());
    if (batch.rows > 0) yield { ...batch, bytes };
    if (damage !== null) throw damage;
  } finally {
    // Also when the consumer stops early: the rest of the file is not wanted.
    await rows.return(undefined);
  }
}
