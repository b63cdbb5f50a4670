/** Shops no method was made for, through every command: finite figures that say what they rest on, or a refusal that says why. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { dayText, parseDay } from '#core/calendar/days';
import { seeded } from '#core/math/seeded';
import { clvHere, COMMANDS, type Command } from '../../tests/support/clv-in-process.ts';
import { InputError } from './input-error.ts';

const DAY = parseDay('2026-01-01') ?? NaN;
type Line = [customer: number, day: number, amount: string, product: number];

const each = (count: number, line: (i: number) => Line): Line[] => Array.from({ length: count }, (_, i) => line(i));

/** `customers` who buy about every `gap` days over 400. */
function ordinary(customers: number, { from = DAY, amount = '25.00', gap = 35 } = {}): Line[] {
  const random = seeded(customers);
  return Array.from({ length: customers }, (_, who) => who).flatMap((who) => {
    const lines: Line[] = [];
    for (let day = Math.floor(random() * 200); day < 400; day += 1 + Math.floor(-Math.log(1 - random()) * gap)) {
      lines.push([who, from + day, amount, Math.floor(random() * 9)]);
      if (random() < 0.2) break;
    }
    return lines;
  });
}

const ONE_DAY = /too few|nobody can be seen to leave|No day lies|about 45 are needed/i;
const CASES: Record<string, { lines: Line[]; refuses?: Partial<Record<Command, RegExp>>; says?: Partial<Record<Command, RegExp>> }> = {
  'one-time buyers only': { lines: each(300, (i) => [i, DAY + (i % 290), '19.99', i % 7]), says: { fit: /nobody has bought twice yet.*silence/, cohorts: /Nobody has bought again yet/ } },
  'twenty customers': { lines: ordinary(20) },
  'one customer, one order': { lines: [[0, DAY, '10.00', 0]], refuses: { backtest: ONE_DAY, churn: /./ }, says: { forecast: /too few to test forecasts on|interval is a guess/, recommend: /Too little history/ } },
  'a customer with 10,000 orders': { lines: [...ordinary(30), ...each(10_000, (i) => [99, DAY + (i % 400), '7.00', i % 9])] },
  'all orders on one day': { lines: each(300, (i) => [i % 200, DAY, `${1 + (i % 50)}.00`, i % 9]), refuses: { backtest: ONE_DAY, churn: /./ }, says: { forecast: /interval is a guess/ } },
  'future dates': { lines: ordinary(40, { from: parseDay('2399-06-01') ?? NaN }) },
  'amounts of 1e9': { lines: ordinary(40, { amount: '1000000000.00' }) },
  'every customer alike (flat likelihoods)': { lines: each(60 * 8, (i) => [i % 60, DAY + 20 * Math.floor(i / 60), '10.00', Math.floor(i / 60)]) },
  'forty years between two halves': { lines: [...ordinary(20), ...ordinary(20, { from: parseDay('1986-01-01') ?? NaN })] },
};

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'hard-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, lines: readonly Line[], date: (day: number, i: number) => string = dayText): Promise<string> {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.csv`);
  await writeFile(path, `customer_id,date,amount,product\n${lines.map(([who, day, amount, product], i) => `c${who},${date(day, i)},${amount},p${product}`).join('\n')}\n`);
  return path;
}

it.each(Object.entries(CASES))('%s', async (name, { lines, refuses = {}, says = {} }) => {
  const path = await file(name, lines);
  for (const command of COMMANDS) {
    const refusal = refuses[command];
    if (refusal) {
      const thrown: unknown = await clvHere(command, path).catch((error: unknown) => error);
      // Some say in a note what others refuse; neither may be a defect.
      if (thrown instanceof Error) {
        expect(thrown, command).toBeInstanceOf(InputError);
        expect(thrown.message, command).toMatch(refusal);
      }
      continue;
    }
    const answer = JSON.stringify(await clvHere(command, path));
    const words = says[command];
    if (words) expect(answer, command).toMatch(words);
  }
}, 120_000);

it('puts instants on the day they were where the shop is, in every command', async () => {
  const lines = ordinary(40);
  const plain = await file('days', lines);
  // A quarter past midnight in Auckland is noon of the day before in Greenwich, summer and winter.
  const instants = await file('instants', lines, (day) => `${dayText(day - 1)}T12:15:00Z`);
  for (const command of COMMANDS) {
    const there = without(await clvHere(command, instants, '--time-zone', 'Pacific/Auckland'));
    expect(there, command).toEqual(without(await clvHere(command, plain)));
    // Days that are all one earlier look the same to who counts from the last of them.
    if (command !== 'cluster') expect(there, command).not.toEqual(without(await clvHere(command, instants)));
  }
  await expect(clvHere('rfm', plain, '--time-zone', 'Mars/Base')).rejects.toThrow('--time-zone must be a zone such as Europe/Berlin');
}, 120_000);

/** All but how long it took. */
function without(answer: unknown): unknown {
  return z.unknown().parse(JSON.parse(JSON.stringify(answer, (key, value: unknown) => (/seconds/i.test(key) ? 0 : value))));
}
