/** The reference folder: real orders and expected results. Tests that need it say loudly when it is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const referenceDir = resolve(process.env['REFERENCE_DIR'] ?? join(import.meta.dirname, '../../../shared'));
export const haveReference = existsSync(join(referenceDir, 'reference'));

if (!haveReference) console.warn(`NOT RUN: cases against reference data, because ${referenceDir} does not exist; set REFERENCE_DIR`);

export function referenceFile(path: string): Buffer {
  return readFileSync(join(referenceDir, path));
}
