/** docs/permissions.md is the table of the code. `UPDATE_DOCS=1` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { permissionTable, ROLES } from './permissions.ts';

const file = new URL('../../docs/permissions.md', import.meta.url);

function documentText(): string {
  const head = `| may… | permission | ${ROLES.join(' | ')} |\n|---|---|${ROLES.map(() => ':-:|').join('')}`;
  const areas = [...new Set(permissionTable().map((one) => one.area))].map((area) => {
    const rows = permissionTable().filter((one) => one.area === area)
      .map(({ words, permission, roles }) => `| ${words} | \`${permission}\` | ${ROLES.map((role) => (roles.includes(role) ? '✓' : '–')).join(' | ')} |`);
    return `## ${area}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return `# What each role may do\n\nWritten from \`worker/operations/permissions.ts\`; a test compares. Everybody may see and change their own account.\n\n${areas.join('\n')}`;
}

it('says what the code grants', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, documentText());
  expect(readFileSync(file, 'utf8')).toBe(documentText());
});
