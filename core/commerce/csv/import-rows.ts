/** A file's bytes to batches of records, resumable after any batch. */
import type { OrderRecord, RefundRecord } from '../record.ts';
import { CsvReader, type CsvRow } from './reader.ts';
import type { Mapping } from './mapping.ts';
import { rowToRecord, type RowContext, type RowRejection } from './row.ts';

export interface ImportBatch {
  records: (OrderRecord | RefundRecord)[];
  rejections: RowRejection[];
  /** Data rows in this batch: records and rejections. */
  rows: number;
  /** Bytes of the file that are done once this batch is committed: keep it, and pass it as `resumeAt`. */
  offset: number;
  /** Lines of the file up to there, the heading included. */
  line: number;
}

export interface ImportOptions {
  /** `offset` of the last committed batch; 0 to begin. */
  resumeAt: number;
  /** Rows a batch. */
  batchRows: number;
}

/**
 * Batches of the rows after `resumeAt`. The stream always starts at the first byte: the rows before are read again,
 * because a row's name depends on how often the same row came before it (see `RowIdentity`). `context.identity` must
 * be new.
 */
export async function* importRows(
  file: ReadableStream<Uint8Array>,
  mapping: Mapping,
  context: RowContext,
  options: ImportOptions,
): AsyncGenerator<ImportBatch> {
  const reader = new CsvReader(mapping);
  const stream = file.getReader();
  let headerAhead = mapping.header;
  let batch: ImportBatch = { records: [], rejections: [], rows: 0, offset: 0, line: 0 };

  const take = (row: CsvRow): void => {
    if (headerAhead) {
      headerAhead = false;
      return;
    }
    const result = rowToRecord(row, mapping, context);
    if (row.end <= options.resumeAt) return;
    if ('record' in result) batch.records.push(result.record);
    else batch.rejections.push(result.rejection);
    batch.rows += 1;
    batch.offset = row.end;
    batch.line = row.nextLine - 1;
  };

  try {
    for (;;) {
      const { done, value } = await stream.read();
      for (const row of done ? reader.finish() : reader.push(value)) {
        take(row);
        if (batch.rows < options.batchRows) continue;
        yield batch;
        batch = { records: [], rejections: [], rows: 0, offset: batch.offset, line: batch.line };
      }
      if (done) break;
    }
    if (batch.rows > 0) yield batch;
  } finally {
    // Also when the consumer stops early: the rest of the file is not wanted.
    await stream.cancel();
  }
}
