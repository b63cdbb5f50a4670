/** Command line flags with types, defaults and errors that say what would have been right. */
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseDay } from '#core/calendar/days';
import { isTimeZone } from '#core/calendar/local-day';
import { InputError } from './input-error.ts';

export interface Flags {
  file: string;
  /** How days that fit both ways are read. */
  dates: string | undefined;
  /** Where instants are told by the day; without it the day as written counts. */
  timeZone: string | undefined;
  help: boolean;
  text(name: string): string | undefined;
  /** Asks something of the file, once it is known to be there. @throws InputError when it is not. */
  fileIs(question: (path: string) => Promise<boolean>): Promise<boolean>;
  on(name: string): boolean;
  /** @throws InputError when given and not a number above `least`. */
  number(name: string, fallback: number, least: number): number;
  /** Day number. @throws InputError when given and not a calendar day. */
  day(name: string): number | undefined;
}

/** Parse `args`: one file, flags that take a value, and flags that do not. `--json`, `--help`, `--dates` and `--time-zone` are always known. */
export function readFlags(args: string[], valued: readonly string[], switches: readonly string[]): Flags {
  const options: Record<string, { type: 'string' | 'boolean' }> = { json: { type: 'boolean' }, help: { type: 'boolean' }, dates: { type: 'string' }, 'time-zone': { type: 'string' } };
  for (const name of valued) options[name] = { type: 'string' };
  for (const name of switches) options[name] = { type: 'boolean' };
  const { values, positionals } = parse(args, options);
  const help = values['help'] === true;
  const [file = '', extra] = positionals;
  if (!help && file === '') throw new InputError('Which file? Give the path of a CSV file.');
  if (extra !== undefined) throw new InputError(`One file at a time; "${extra}" is one too many.`);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const timeZone = text('time-zone');
  if (timeZone !== undefined && !isTimeZone(timeZone)) throw new InputError(`--time-zone must be a zone such as Europe/Berlin, not "${timeZone}".`);
  return {
    file,
    dates: text('dates'),
    timeZone,
    help,
    text,
    async fileIs(question) {
      const found = await stat(file).catch(() => null);
      if (!found?.isFile()) throw new InputError(`${file}: no such file.`);
      return question(file);
    },
    on: (name) => values[name] === true,
    number(name, fallback, least) {
      const given = text(name);
      if (given === undefined) return fallback;
      const value = Number(given);
      if (given.trim() === '' || !Number.isFinite(value) || value < least) throw new InputError(`--${name} must be a number of at least ${least}, not "${given}".`);
      return value;
    },
    day(name) {
      const given = text(name);
      if (given === undefined) return undefined;
      const day = parseDay(given);
      if (day === null) throw new InputError(`--${name} must be a day such as 1997-09-30, not "${given}".`);
      return day;
    },
  };
}

function parse(args: string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
}
