/** Reads the arguments of conditions from tokens, each as its field says. */
import { assertNever } from '#core/errors';
import type { Choices, Field, Span } from '../conditions/condition.ts';
import { JSON_OPS } from '../conditions/json.ts';
import { fold } from '../fold.ts';
import { AGE_OPS, type DayOp } from '../term.ts';
import type { SegmentNames } from './parse.ts';
import { TextFlaw, type Token } from './tokens.ts';

/** Signs of the text form and what they are called elsewhere. */
export const SIGNS: readonly (readonly [sign: string, op: string])[] = [['=', 'eq'], ['!=', 'ne'], ['<>', 'ne'], ['>', 'gt'], ['>=', 'gte'], ['<', 'lt'], ['<=', 'lte']];
const DAYS_OPS: readonly DayOp[] = ['last', 'next', 'older'];
const RESERVED: ReadonlySet<string> = new Set(['and', 'or', 'not']);
const UNITS = ['hours', 'days', 'weeks'] as const;

/** Names of what lies in a JSON object, which may lie deeper. */
const isKeys = (choices: Choices): boolean => choices !== null && 'data' in choices && (choices.data === 'attributes' || choices.data === 'event_properties');

export class Arguments {
  readonly #tokens: readonly Token[];
  readonly #names: SegmentNames;
  #at = 0;

  constructor(tokens: readonly Token[], names: SegmentNames) {
    this.#tokens = tokens;
    this.#names = names;
  }

  get next(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', value: '', line: 1, column: 1 };
  }

  isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  mark(): number {
    return this.#at;
  }

  back(mark: number): void {
    this.#at = mark;
  }

  flaw(message: string, expected: readonly string[] = []): TextFlaw {
    return new TextFlaw(message, this.next, expected);
  }

  isWord(word: string): boolean {
    return this.next.kind === 'word' && fold(this.next.value) === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at++;
    return true;
  }

  takeSign(sign: string): boolean {
    if (this.next.kind !== 'sign' || this.next.value !== sign) return false;
    this.#at++;
    return true;
  }

  #take(): Token {
    const token = this.next;
    this.#at++;
    return token;
  }

  argument(field: Field): Record<string, unknown> {
    switch (field.kind) {
      case 'number': return this.#comparison(field.ops, () => this.#number());
      case 'text': return this.#comparison(field.ops, () => this.#choice(field.choices));
      case 'day': return this.#comparison(field.ops, () => this.#day());
      case 'json': return this.#comparison(JSON_OPS, () => this.#json());
      case 'age': {
        const op = this.#op(AGE_OPS);
        return { op, ...this.#span() };
      }
      case 'span': return { [field.name]: this.#span() };
      case 'whole': return { [field.name]: this.#number() };
      case 'choice': return { [field.name]: isKeys(field.choices) ? this.#keys() : this.#choice(field.choices) };
      case 'calendar_day': return { [field.name]: this.#day() };
      case 'segment': return { [field.name]: this.#segment() };
      case 'properties': return { [field.name]: [{ property: this.#keys(), ...this.#comparison(JSON_OPS, () => this.#json()) }] };
      default: return assertNever(field);
    }
  }

  /** One of the operators, as a sign or a word; `not in` is one. */
  #op(ops: readonly string[]): string {
    const { kind, value } = this.next;
    const op = kind === 'sign' ? SIGNS.find(([sign]) => sign === value)?.[1] : this.isWord('not') ? this.#notIn() : kind === 'word' ? fold(value) : undefined;
    if (op === undefined || !ops.includes(op)) {
      const expected = ops.map((one) => SIGNS.find(([, name]) => name === one)?.[0] ?? one.replace('not_in', 'not in'));
      throw this.flaw(`Here one of ${expected.join(' ')} was expected${value === '' ? '' : `, not "${value}"`}`, expected);
    }
    this.#at++;
    return op;
  }

  #notIn(): string | undefined {
    const after = this.#tokens[this.#at + 1];
    if (after?.kind !== 'word' || fold(after.value) !== 'in') return undefined;
    this.#at++;
    return 'not_in';
  }

  #comparison(ops: readonly string[], value: () => unknown): Record<string, unknown> {
    const op = this.#op(ops);
    if (op === 'known' || op === 'unknown') return { op };
    if (op === 'in' || op === 'not_in') return { op, value: this.#list(value) };
    if (DAYS_OPS.some((one) => one === op)) {
      if (op === 'older') this.takeWord('than');
      const days = this.#number();
      if (!this.takeWord('days') && !this.takeWord('day')) throw this.flaw('Here "days" was expected', ['days']);
      return { op, value: days };
    }
    if (op !== 'between') return { op, value: value() };
    const first = value();
    if (!this.takeWord('and')) throw this.flaw('Here "and" and the upper end was expected', ['and']);
    return { op, value: [first, value()] };
  }

  #list(value: () => unknown): unknown[] {
    if (!this.takeSign('(')) throw this.flaw('Here a list in brackets was expected: ("a", "b")', ['(']);
    const values = [value()];
    while (this.takeSign(',')) values.push(value());
    if (!this.takeSign(')')) throw this.flaw('The list is not closed here', [',', ')']);
    return values;
  }

  #number(): number {
    if (this.next.kind !== 'number') throw this.flaw(`Here a number was expected${this.next.value === '' ? '' : `, not "${this.next.value}"`}`, ['a number']);
    return Number(this.#take().value);
  }

  #day(): string {
    if (this.next.kind !== 'day' && this.next.kind !== 'text') throw this.flaw('Here a day like 2026-11-20 was expected', ['a day']);
    return this.#take().value;
  }

  #text(): string {
    const { kind, value } = this.next;
    if (kind === 'end' || kind === 'sign' || (kind === 'word' && RESERVED.has(fold(value)))) throw this.flaw(`Here a text was expected${value === '' ? '' : `, not "${value}"`}; put it in quotes`, ['a text']);
    return this.#take().value;
  }

  #choice(choices: Choices): string {
    if (choices === null || !('given' in choices)) return this.#text();
    const { value } = this.next, found = choices.given.find((choice) => fold(choice.value) === fold(value));
    if (!found) {
      const all = choices.given.map((choice) => choice.value);
      throw this.flaw(`Here one of ${all.join(', ')} was expected${value === '' ? '' : `, not "${value}"`}`, all);
    }
    this.#at++;
    return found.value;
  }

  /** Quoted is a text, whatever it looks like. */
  #json(): string | number | boolean {
    const { kind, value } = this.next;
    if (kind === 'number') return this.#number();
    if (kind === 'word' && (value === 'true' || value === 'false')) {
      this.#at++;
      return value === 'true';
    }
    return this.#text();
  }

  /** `"address"/"city"` is the city in the address. */
  #keys(): string | string[] {
    const keys = [this.#text()];
    while (this.takeSign('/')) keys.push(this.#text());
    return keys.length === 1 ? (keys[0] ?? '') : keys;
  }

  #span(): Span {
    const amount = this.#number();
    const unit = UNITS.find((one) => this.isWord(one) || this.isWord(one.slice(0, -1)));
    if (!unit) throw this.flaw('Here hours, days or weeks was expected', [...UNITS]);
    this.#at++;
    return { [unit]: amount };
  }

  #segment(): string {
    const token = this.next, wanted = this.#text();
    const named = [...this.#names].filter(([, name]) => fold(name) === fold(wanted)).map(([id]) => id);
    const [only] = named;
    if (named.length === 1 && only !== undefined) return only;
    if (named.length > 1) throw new TextFlaw(`There are ${named.length} segments called "${wanted}"; write the id of one: ${named.join(', ')}`, token);
    if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(wanted)) return wanted;
    throw new TextFlaw(`There is no segment called "${wanted}"`, token, [...this.#names.values()].slice(0, 20).map((name) => JSON.stringify(name)));
  }
}
