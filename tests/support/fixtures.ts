/** Real and derived platform payloads for tests, read from the reference folder when it is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(resolve(process.env['REFERENCE_DIR'] ?? join(import.meta.dirname, '../../../shared')), 'fixtures');

/** False where the reference folder is absent; tests then say which cases did not run. */
export const haveFixtures = existsSync(root);

/** Text of one fixture, such as `shopify_derived/day/02_orders_paid.json`. */
export function fixture(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Where a folder of fixtures is, to list it. */
export function fixtureFolder(name: string): string {
  return join(root, name);
}

if (!haveFixtures) console.warn(`NOT RUN: platform payload cases, because ${root} does not exist; set REFERENCE_DIR`);
