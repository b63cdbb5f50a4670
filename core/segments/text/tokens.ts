/** The words, texts, numbers, days and signs of a filter's text form, each with its place. */

export type TokenKind = 'word' | 'text' | 'number' | 'day' | 'sign' | 'end';

export interface Token {
  kind: TokenKind;
  /** As read: of a text what it says, without quotes. */
  value: string;
  /** Both from 1. */
  line: number;
  column: number;
}

/** Something that cannot be read, and where. */
export class TextFlaw extends Error {
  readonly line: number;
  readonly column: number;
  /** What could have stood there. */
  readonly expected: readonly string[];

  constructor(message: string, { line, column }: Pick<Token, 'line' | 'column'>, expected: readonly string[] = []) {
    super(message);
    this.name = 'TextFlaw';
    this.line = line;
    this.column = column;
    this.expected = expected;
  }
}

/** In the order in which they are tried; a comment runs from # to the end of its line. */
const FORMS: readonly [TokenKind | 'space', RegExp][] = [
  ['space', /(?:\s|#[^\n]*)+/y],
  ['text', /"(?:[^"\\\n]|\\["\\nrt/bf]|\\u[0-9a-fA-F]{4})*"|“[^”\n]*”/y],
  ['day', /\d{4}-\d{2}-\d{2}(?![\w-])/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_.-]*/yu],
  ['sign', />=|<=|!=|<>|[()=<>,%/]/y],
];

/** @throws TextFlaw at the first character that begins nothing */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0, line = 1, lineStart = 0;
  while (at < text.length) {
    const place = { line, column: at - lineStart + 1 };
    const found = FORMS.map(([kind, form]) => ({ kind, read: readAt(form, text, at) })).find((one) => one.read !== null);
    if (!found || found.read === null) throw new TextFlaw(text[at] === '"' ? 'This text has no closing quote' : `"${[...text.slice(at, at + 2)][0] ?? ''}" means nothing here`, place);
    if (found.kind !== 'space') tokens.push({ kind: found.kind, value: found.kind === 'text' ? unquoted(found.read) : found.read, ...place });
    for (let i = at; i < at + found.read.length; i++) if (text[i] === '\n') [line, lineStart] = [line + 1, i + 1];
    at += found.read.length;
  }
  tokens.push({ kind: 'end', value: '', line, column: at - lineStart + 1 });
  return tokens;
}

function readAt(form: RegExp, text: string, at: number): string | null {
  form.lastIndex = at;
  return form.exec(text)?.[0] ?? null;
}

function unquoted(read: string): string {
  if (read.startsWith('“')) return read.slice(1, -1);
  const parsed: unknown = JSON.parse(read);
  return String(parsed);
}
