/** docs/security.md names tests: each is there, and holds the case that it is named for. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/security.md', root), 'utf8');
const rows = text.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim());
  return /^\d+\.\d+\.\d+$/.test(cells[1] ?? '') ? [{ requirement: cells[1] ?? '', verdict: cells[3] ?? '', where: cells[4] ?? '' }] : [];
});

/** Requirements of levels 1 and 2 by section: chapter.section, and the last one's number. Others are of level 3. */
const LEVELS_1_AND_2: Record<string, number[]> = {
  '6.1': [1, 2, 3], '6.2': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], '6.3': [1, 2, 3, 4], '6.4': [1, 2, 3, 4], '6.5': [1, 2, 3, 4, 5], '6.6': [1, 2, 3], '6.8': [1, 2, 3, 4],
  '7.1': [1, 2, 3], '7.2': [1, 2, 3, 4], '7.3': [1, 2], '7.4': [1, 2, 3, 4, 5], '7.5': [1, 2], '7.6': [1, 2],
  '8.1': [1, 2], '8.2': [1, 2, 3], '8.3': [1], '8.4': [1],
  '2.1': [1, 2, 3], '2.2': [1, 2, 3], '2.3': [1, 2, 3, 4], '2.4': [1],
  '9.1': [1, 2, 3], '9.2': [1, 2, 3, 4],
};

/** Each named file with the cases named after it, up to the next file. */
function named(where: string): { file: string; cases: string[] }[] {
  return [...where.matchAll(/`([\w./-]+\.test\.tsx?)`([^`]*)/g)].map(([, file = '', after = '']) => ({ file, cases: [...after.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '') }));
}

describe('docs/security.md', () => {
  it('answers every requirement of its chapters, each once', () => {
    const expected = Object.entries(LEVELS_1_AND_2).flatMap(([section, numbers]) => numbers.map((number) => `${section}.${String(number)}`));
    expect(rows.map((row) => row.requirement).toSorted()).toEqual(expected.toSorted());
    expect(rows.filter((row) => !['met', 'not', 'n/a'].includes(row.verdict) || row.where === '')).toEqual([]);
  });

  it('names tests that are there, with cases that they hold', () => {
    const all = rows.flatMap((row) => named(row.where));
    expect(all.length).toBeGreaterThan(40);
    for (const { file, cases } of all) {
      expect([file, existsSync(new URL(file, root))]).toEqual([file, true]);
      expect([file, cases.length > 0], 'names a case').toEqual([file, true]);
      const source = readFileSync(new URL(file, root), 'utf8');
      for (const name of cases) expect([file, name, source.includes(`'${name.replaceAll('\'', '\\\'')}'`)]).toEqual([file, name, true]);
    }
  });

  it('names files that are there', () => {
    const files = [...text.matchAll(/`((?:app|worker|durable-objects|tests|local)\/[\w./[\]$-]+\.tsx?)`/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
    const links = [...text.matchAll(/\]\(([\w./-]+\.md)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(new URL(`docs/${link}`, root)))).toEqual([]);
  });
});
