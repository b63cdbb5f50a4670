/** A file's bytes to batches of records, resumable after any batch. */
import { CsvReader, type CsvRow } from './reader.ts';
import type { Mapping } from './mapping.ts';
import { rowToRecord, type FileRecord, type RowContext, type RowRejection } from './row.ts';

export interface ImportBatch {
  records: FileRecord[];
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
  /** Bytes of the file to read, to the end of a row; null for all. */
  endAt: number | null;
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
  const endAt = options.endAt ?? Infinity;
  let headerAhead = mapping.header;
  let pastEnd = false;
  let batch: ImportBatch = { records: [], rejections: [], rows: 0, offset: 0, line: 0 };

  const take = (row: CsvRow): void => {
    if (row.end > endAt) pastEnd = true;
    if (pastEnd) return;
    if (headerAhead) {
      headerAhead = false;
      return;
    }
    const result = rowToRecord(row, mapping, context);
    if (row.end <= options.resumeAt) return;
    if ('record' in result) batch.records.push(result);
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
      if (done || pastEnd) break;
    }
    if (batch.rows > 0) yield batch;
  } finally {
    // Also when the consumer stops early: the rest of the file is not wanted.
    await stream.cancel();
  }
}
