/** What pages and the API get of imported files. */
import type { PresetId } from '#core/commerce/files/preset-ids';

export interface ImportView {
  id: string;
  name: string;
  state: 'uploading' | 'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone';
  /** The file as stored, and how much of it was read. */
  bytesTotal: number | null;
  bytesRead: number;
  linesRead: number;
  inserted: number;
  /** Lines that an earlier import (or source) had brought already. */
  unchanged: number;
  /** Of those, lines without an id of their own: an earlier file had the same, but each might be another sale. */
  skipped: number;
  rejected: number;
  /** Sales taken out again when it was undone. */
  undone: number;
  /** The export that the file was recognised as; null: read by its columns. */
  preset: PresetId | null;
  /** When the uploaded file was deleted. */
  fileRemovedAt: string | null;
  /** The import whose skipped lines this one brings, from the same file; null for a file of its own. */
  anywayOf: string | null;
  /** The import that brings this one's skipped lines; null while none does. */
  anywayId: string | null;
  error: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** A line that an earlier file had brought already. */
export interface SkippedLine {
  line: number;
  /** As it stands in the file, cut to 500 characters. */
  raw: string;
}

export interface ImportRejection {
  line: number;
  code: string;
  reason: string;
  column: string | null;
  raw: string;
}
