/** Each public function of the engines says what it does; a file says what it is for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOMS = ['boosting', 'churn', 'clustering', 'clv', 'features', 'forecast', 'learning', 'recommend'];
const PUBLIC = /^export (?:(?:async )?function\*?|(?:abstract )?class|const \w+(?:: [^=]+)? = (?:async )?(?:<[^>]+>)?\([^)]*\)(?:: [^=]+)? =>)/;

/** Lines of public functions that no comment stands above. */
function undocumented(text: string): string[] {
  const lines = text.split('\n');
  return lines.filter((line, at) => PUBLIC.test(line) && !(lines[at - 1] ?? '').trim().endsWith('*/'));
}

it('sees what it looks for', () => {
  expect(undocumented('/** Says. */\nexport function a() {}\nexport const b = (x: number): number => x;\nexport class C {}\nexport async function d() {}\nexport const E = 3;')).toHaveLength(3);
});

it.each(ROOMS)('core/%s', (room) => {
  const folder = join(import.meta.dirname, room);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(2);
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text.startsWith('/**'), `${room}/${name} begins with what it is for`).toBe(true);
    expect(undocumented(text), `${room}/${name}`).toEqual([]);
  }
});
