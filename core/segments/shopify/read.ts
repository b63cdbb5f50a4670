/** Shopify's segment query language as a tree of clauses. Source: shopify.dev, "Segment query language reference". */
import { TextFlaw } from '../text/tokens.ts';

export type QueryValue = { kind: 'text' | 'number' | 'word' | 'day'; value: string };

export interface Clause {
  attribute: string;
  /** Of a function such as products_purchased(id: 12); empty for an attribute. */
  parameters: readonly { name: string; op: string; values: readonly QueryValue[] }[];
  /** =, !=, >, <, >=, <=, CONTAINS, NOT CONTAINS, IN, NOT IN, BETWEEN, IS NULL, IS NOT NULL, MATCHES, NOT MATCHES */
  op: string;
  values: readonly QueryValue[];
  line: number;
  column: number;
}

export type Query = { all: Query[] } | { any: Query[] } | Clause;

interface Piece {
  kind: QueryValue['kind'] | 'sign' | 'end';
  value: string;
  line: number;
  column: number;
}

const FORMS: readonly [Piece['kind'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['text', /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y],
  ['day', /\d{4}-\d{2}-\d{2}(?:T[\d:]+)?|[+-]\d+[dwmy]\b|\d+_(?:days?|weeks?|months?|years?)_ago\b/y],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][\w.]*/y],
  ['sign', />=|<=|!=|[()=<>,:]/y],
];

/** @throws TextFlaw */
export function readQuery(text: string): Query {
  const pieces: Piece[] = [];
  let line = 1, lineStart = 0;
  for (let at = 0; at < text.length;) {
    const place = { line, column: at - lineStart + 1 };
    let taken = '';
    for (const [kind, form] of FORMS) {
      form.lastIndex = at;
      taken = form.exec(text)?.[0] ?? '';
      if (taken === '') continue;
      if (kind !== 'space') pieces.push({ kind, value: kind === 'text' ? taken.slice(1, -1).replace(/\\(.)/g, '$1') : taken, ...place });
      break;
    }
    if (taken === '') throw new TextFlaw(`"${text[at] ?? ''}" means nothing here`, place);
    for (let i = at; i < at + taken.length; i++) if (text[i] === '\n') [line, lineStart] = [line + 1, i + 1];
    at += taken.length;
  }
  pieces.push({ kind: 'end', value: '', line, column: text.length - lineStart + 1 });
  return new Reader(pieces).whole();
}

class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  #next(): Piece {
    return this.#pieces[Math.min(this.#at, this.#pieces.length - 1)] ?? { kind: 'end', value: '', line: 1, column: 1 };
  }

  #take(): Piece {
    const piece = this.#next();
    this.#at++;
    return piece;
  }

  #takeIf(...words: string[]): boolean {
    const { kind, value } = this.#next();
    if ((kind !== 'word' && kind !== 'sign') || !words.includes(value.toUpperCase())) return false;
    this.#at++;
    return true;
  }

  whole(): Query {
    // A whole ShopifyQL query may be pasted; the segment is what stands after WHERE.
    const where = this.#pieces.findIndex(({ kind, value }) => kind === 'word' && value.toUpperCase() === 'WHERE');
    if (where >= 0) this.#at = where + 1;
    const query = this.#any();
    const { kind, value } = this.#next();
    if (kind !== 'end' && !(where >= 0 && value.toUpperCase() === 'ORDER')) throw new TextFlaw(`Here AND, OR or the end was expected, not "${value}"`, this.#next());
    return query;
  }

  #any(): Query {
    const parts = [this.#all()];
    while (this.#takeIf('OR')) parts.push(this.#all());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { any: parts };
  }

  #all(): Query {
    const parts = [this.#one()];
    while (this.#takeIf('AND')) parts.push(this.#one());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { all: parts };
  }

  #one(): Query {
    if (!this.#takeIf('(')) return this.#clause();
    const inner = this.#any();
    this.#expect(')');
    return inner;
  }

  #expect(sign: string): void {
    if (!this.#takeIf(sign)) throw new TextFlaw(`Here "${sign}" was expected`, this.#next());
  }

  #clause(): Clause {
    const { kind, value: attribute, line, column } = this.#take();
    if (kind !== 'word') throw new TextFlaw('Here the name of a filter such as number_of_orders was expected', { line, column });
    const parameters = this.#takeIf('(') ? this.#parameters() : [];
    const op = this.#op();
    if (op === 'MATCHES' || op === 'NOT MATCHES') {
      this.#expect('(');
      return { attribute: attribute.toLowerCase(), parameters: this.#parameters(), op, values: [], line, column };
    }
    return { attribute: attribute.toLowerCase(), parameters, op, values: this.#valuesAfter(op), line, column };
  }

  #parameters(): Clause['parameters'][number][] {
    const parameters: Clause['parameters'][number][] = [];
    while (!this.#takeIf(')')) {
      const name = this.#take();
      if (name.kind !== 'word') throw new TextFlaw('Here the name of a parameter was expected', name);
      const op = this.#takeIf(':') ? '=' : this.#op();
      parameters.push({ name: name.value.toLowerCase(), op, values: this.#valuesAfter(op) });
      if (!this.#takeIf(',') && !this.#takeIf('AND') && this.#next().value !== ')') throw new TextFlaw('Here "," or ")" was expected', this.#next());
    }
    return parameters;
  }

  #op(): string {
    const piece = this.#take(), word = piece.value.toUpperCase();
    if (piece.kind === 'sign' && ['=', '!=', '>', '<', '>=', '<='].includes(word)) return word;
    if (word === 'CONTAINS' || word === 'BETWEEN' || word === 'MATCHES' || word === 'IN') return word;
    if (word === 'NOT_MATCHES') return 'NOT MATCHES';
    if (word === 'NOT' && this.#takeIf('IN')) return 'NOT IN';
    if (word === 'NOT' && this.#takeIf('CONTAINS')) return 'NOT CONTAINS';
    if (word === 'NOT' && this.#takeIf('MATCHES')) return 'NOT MATCHES';
    if (word === 'IS') {
      const isNot = this.#takeIf('NOT');
      if (this.#takeIf('NULL')) return isNot ? 'IS NOT NULL' : 'IS NULL';
    }
    throw new TextFlaw(`Here an operator such as =, CONTAINS or IS NULL was expected${piece.value === '' ? '' : `, not "${piece.value}"`}`, piece);
  }

  #valuesAfter(op: string): QueryValue[] {
    if (op === 'IS NULL' || op === 'IS NOT NULL') return [];
    if (op === 'BETWEEN') {
      const first = this.#value();
      if (!this.#takeIf('AND')) throw new TextFlaw('Here AND was expected', this.#next());
      return [first, this.#value()];
    }
    if (!this.#takeIf('(')) return [this.#value()];
    const values = [this.#value()];
    while (this.#takeIf(',')) values.push(this.#value());
    this.#expect(')');
    return values;
  }

  #value(): QueryValue {
    const piece = this.#take();
    if (piece.kind === 'sign' || piece.kind === 'end') throw new TextFlaw('Here a value was expected', piece);
    return { kind: piece.kind, value: piece.value };
  }
}
