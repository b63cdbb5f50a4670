/** How an import stands, as `GET /api/v1/imports/{id}` answers and the import command and page read it. */
import { z } from 'zod';
import { PRESET_IDS } from './files/preset-ids.ts';

export const importRejection = z.object({
  line: z.int(),
  code: z.string(),
  reason: z.string(),
  column: z.string().nullable(),
  raw: z.string(),
});

export const skippedLine = z.object({ line: z.int(), raw: z.string() });

export const importStatus = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['uploading', 'waiting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone']),
  bytesTotal: z.number().nullable(),
  bytesRead: z.number(),
  linesRead: z.int(),
  inserted: z.int(),
  /** Rows that were there already. */
  unchanged: z.int(),
  /** Of those, lines without an id of their own that an earlier file had brought: each might be another sale. */
  skipped: z.int(),
  rejected: z.int(),
  /** Sales taken out again when the import was undone. */
  undone: z.int().default(0),
  /** The export that the file was recognised as; null: read by its columns. */
  preset: z.enum(PRESET_IDS).nullable().default(null),
  /** When the uploaded file was deleted. */
  fileRemovedAt: z.string().nullable().default(null),
  /** The import whose skipped lines this one brings. */
  anywayOf: z.string().nullable(),
  /** The import that brings this one's skipped lines. */
  anywayId: z.string().nullable(),
  /** Why it failed, for people. */
  error: z.string().nullable(),
  /** The first rejected lines. */
  rejections: z.array(importRejection).default([]),
});
export type ImportStatus = z.infer<typeof importStatus>;
