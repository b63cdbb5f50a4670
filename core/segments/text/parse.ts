/** Reads the text form of a filter: `orders.total > 200 and not (stage = lapsed or in segment "VIP")`. */
import { CONDITIONS, nearestId, type Condition } from '../conditions/registry.ts';
import type { Definition, Field } from '../conditions/condition.ts';
import { filter as filterSchema, type Filter } from '../filter.ts';
import { fold } from '../fold.ts';
import { Arguments } from './arguments.ts';
import { TextFlaw, tokensOf } from './tokens.ts';

/** Names of segments by id. */
export type SegmentNames = ReadonlyMap<string, string>;

export type ParsedFilter = { ok: true; filter: Filter } | { ok: false; line: number; column: number; message: string; expected: readonly string[] };

export const MAX_CHARACTERS = 20_000;

/** Reads a filter; what is wrong comes back with its place, and with what could have stood there. */
export function parseFilter(text: string, names: SegmentNames): ParsedFilter {
  try {
    if (text.length > MAX_CHARACTERS) throw new TextFlaw(`A filter may have ${MAX_CHARACTERS} characters`, { line: 1, column: 1 });
    const tree = new Parser(text, names).whole();
    const read = filterSchema.safeParse(tree);
    if (!read.success) throw new TextFlaw(read.error.issues[0]?.message ?? 'This is no filter', { line: 1, column: 1 });
    return { ok: true, filter: read.data };
  } catch (error) {
    if (!(error instanceof TextFlaw)) throw error;
    return { ok: false, line: error.line, column: error.column, message: error.message, expected: error.expected };
  }
}

/** Conditions by the words that may begin them. */
const byFirstWord = new Map<string, Definition<Condition>[]>();
for (const definition of CONDITIONS) {
  const [first = ''] = definition.phrase;
  const field = fieldOf(definition, first);
  const words = field?.kind === 'choice' && field.choices !== null && 'given' in field.choices ? field.choices.given.map((choice) => choice.value) : [first];
  for (const word of words) byFirstWord.set(word, [...(byFirstWord.get(word) ?? []), definition]);
}

/** The field that a part of a phrase stands for; undefined for a word. */
export function fieldOf(definition: Definition<Condition>, part: string): Field | undefined {
  const name = /^<(\w*)>$/.exec(part)?.[1];
  if (name === undefined) return undefined;
  return definition.fields.find((field) => ('name' in field ? field.name === name : name === ''));
}

class Parser {
  readonly #read: Arguments;

  constructor(text: string, names: SegmentNames) {
    this.#read = new Arguments(tokensOf(text), names);
  }

  whole(): Filter {
    if (this.#read.isAtEnd()) throw this.#read.flaw('A filter has at least one condition', ['a condition']);
    const tree = this.#any();
    if (!this.#read.isAtEnd()) throw this.#read.flaw(`Here "and", "or" or the end was expected, not "${this.#read.next.value}"`, ['and', 'or', 'the end']);
    return tree;
  }

  #any(): Filter {
    const parts = [this.#all()];
    while (this.#read.takeWord('or')) parts.push(this.#all());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { any: parts };
  }

  #all(): Filter {
    const parts = [this.#one()];
    while (this.#read.takeWord('and')) parts.push(this.#one());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { all: parts };
  }

  #one(): Filter {
    if (this.#read.takeWord('not')) return { not: this.#one() };
    if (this.#read.takeSign('(')) {
      const inner = this.#any();
      if (!this.#read.takeSign(')')) throw this.#read.flaw('The bracket is not closed here', ['and', 'or', ')']);
      return inner;
    }
    return this.#condition();
  }

  #condition(): Condition {
    const start = this.#read.next;
    const candidates = start.kind === 'word' ? byFirstWord.get(fold(start.value)) : undefined;
    if (!candidates) {
      const near = start.kind === 'word' ? nearestId(start.value) : null;
      throw this.#read.flaw(near === null ? `A condition was expected${start.value === '' ? '' : `, not "${start.value}"`}` : `There is no condition "${start.value}"; did you mean "${near}"?`, ['a condition', 'not', '(']);
    }
    // Of those that begin alike the one that comes furthest tells what is wrong.
    let furthest: { flaw: TextFlaw; read: number } | null = null;
    for (const definition of candidates) {
      const mark = this.#read.mark();
      try {
        return this.#of(definition);
      } catch (error) {
        if (!(error instanceof TextFlaw)) throw error;
        const read = this.#read.mark();
        if (furthest === null || read > furthest.read) furthest = { flaw: error, read };
        this.#read.back(mark);
      }
    }
    throw furthest?.flaw ?? this.#read.flaw('A condition was expected');
  }

  #of(definition: Definition<Condition>): Condition {
    const start = this.#read.next, given: Record<string, unknown> = { is: definition.id };
    for (const part of definition.phrase) {
      const field = fieldOf(definition, part);
      if (field) Object.assign(given, this.#read.argument(field));
      else if (!this.#read.takeWord(part) && !this.#read.takeSign(part)) throw this.#read.flaw(`Here "${part}" was expected`, [part]);
    }
    this.#modifiers(definition, given);
    const parsed = definition.schema.safeParse(given);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new TextFlaw(`${definition.id}: ${issue?.message ?? 'this does not go together'}`, start);
  }

  #modifiers(definition: Definition<Condition>, given: Record<string, unknown>): void {
    const words = definition.fields.flatMap((field) => ('word' in field && field.word !== null ? [{ field, word: field.word }] : []));
    for (;;) {
      const found = words.find(({ word }) => this.#read.isWord(word));
      if (!found) break;
      const { field } = found;
      if (field.kind !== 'properties' && field.name in given) throw this.#read.flaw(`"${found.word}" is said twice`);
      this.#read.takeWord(found.word);
      const read = this.#read.argument(field);
      if (field.kind === 'properties') read[field.name] = [given[field.name] ?? [], read[field.name]].flat();
      Object.assign(given, read);
    }
    const missing = words.find(({ field }) => 'isOptional' in field && !field.isOptional && !(field.name in given));
    if (missing) throw this.#read.flaw(`Here "${missing.word}" was expected: ${missing.field.label} …`, [missing.word]);
  }
}
