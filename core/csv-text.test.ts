/** CSV follows RFC 4180 and hands spreadsheets no formulas. */
import { expect, it } from 'vitest';
import { csvStream, toCsv } from './csv-text.ts';

it('quotes what must be quoted and leaves gaps empty', () => {
  expect(toCsv(['a', 'b'], [['x,y', 1.5], ['say "hi"', null]])).toBe('a,b\r\n"x,y",1.5\r\n"say ""hi""",\r\n');
});

it('keeps text that looks like a formula as text, and negative numbers as numbers', () => {
  expect(toCsv(['a'], [['=1+1'], [-3]])).toBe("a\r\n'=1+1\r\n-3\r\n");
});

it('streams pages as they are taken, passing over empty ones', async () => {
  async function* pages() {
    yield [['a', 1]];
    yield [];
    yield [['b', null]];
  }
  const bytes = new Uint8Array(await new Response(csvStream(['name', 'n'], pages())).arrayBuffer());
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe('\ufeffname,n\r\na,1\r\nb,\r\n');
});
