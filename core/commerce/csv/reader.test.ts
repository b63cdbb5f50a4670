/** The CSV reader: every cell, every byte offset, whatever the chunks. */
import { describe, expect, it } from 'vitest';
import { CsvReader, type CsvFormat, type CsvPosition, type CsvRow } from './reader.ts';

const comma: CsvFormat = { delimiter: ',', encoding: 'utf-8' };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function readAll(bytes: Uint8Array, chunk: number, format = comma, position?: CsvPosition): CsvRow[] {
  const reader = new CsvReader(format, position);
  const rows: CsvRow[] = [];
  for (let at = 0; at < bytes.length; at += chunk) for (const row of reader.push(bytes.subarray(at, at + chunk))) rows.push(row);
  return rows.concat(reader.finish());
}

const cells = (text: string, format = comma): string[][] => readAll(encode(text), 1 << 20, format).map((row) => row.cells);

describe('cells', () => {
  it.each<[string, string, string[][]]>([
    ['plain', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
    ['no line break at the end', 'a,b\n1,2', [['a', 'b'], ['1', '2']]],
    ['CRLF', 'a,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']]],
    ['byte order mark', '\ufeffa,b\n1,2\n', [['a', 'b'], ['1', '2']]],
    ['byte order mark before a quote', '\ufeff"a,x",b\n', [['a,x', 'b']]],
    ['quoted delimiter, quote and line break', '"a,""b""","c\nd"\n1,2\n', [['a,"b"', 'c\nd'], ['1', '2']]],
    ['empty cells', ',,\n"",x,\n', [['', '', ''], ['', 'x', '']]],
    ['blank lines', '\na\n\r\n\nb\n', [['a'], ['b']]],
    ['a quote inside a cell is text', '5" pipe,3\nx,4\n', [['5" pipe', '3'], ['x', '4']]],
    ['text after a closing quote', '"a"b,c\n', [['ab', 'c']]],
    ['multi-byte text', 'né,日本,😀\n', [['né', '日本', '😀']]],
  ])('%s', (_name, text, expected) => expect(cells(text)).toEqual(expected));

  it('reads other delimiters and encodings', () => {
    expect(cells('a;"b;c"\n', { delimiter: ';', encoding: 'utf-8' })).toEqual([['a', 'b;c']]);
    expect(cells('a\tb\n', { delimiter: '\t', encoding: 'utf-8' })).toEqual([['a', 'b']]);
    const rows = readAll(Uint8Array.from([0x63, 0x61, 0x66, 0xe9, 0x2c, 0x80, 0x0a]), 3, { delimiter: ',', encoding: 'windows-1252' });
    expect(rows.map((row) => row.cells)).toEqual([['café', '€']]);
  });
});

describe('positions', () => {
  const text = '\ufeffid,note\r\n1,"first\r\nsecond ""é"""\r\n\r\n2,日本\n3,"x, y"\n"4",last';
  const bytes = encode(text);
  const whole = readAll(bytes, bytes.length);

  it('counts bytes and lines', () => {
    expect(whole.map(({ line, start }) => [line, start])).toEqual([[1, 0], [2, 12], [5, 40], [6, 49], [7, 58]]);
    expect(whole.at(-1)?.end).toBe(bytes.length);
  });

  it('gives the same rows for every size of chunk', () => {
    for (let size = 1; size <= bytes.length; size += 1) expect(readAll(bytes, size)).toEqual(whole);
  });

  it('goes on after any row exactly where it stopped', () => {
    whole.forEach((row, index) => {
      expect(readAll(bytes.subarray(row.end), 7, comma, { offset: row.end, line: row.nextLine })).toEqual(whole.slice(index + 1));
    });
  });
});

describe('a quote that is never closed', () => {
  it('costs its own line only', () => {
    const rows = readAll(encode('a,b\n1,"oops\n2,x\n3,"fine"\n'), 5);
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([[1, null], [2, 'unclosed_quote'], [3, null], [4, null]]);
    expect(rows.at(-1)?.cells).toEqual(['3', 'fine']);
  });

  it('is given up on after a megabyte, not after the whole file, whatever the chunks', () => {
    const bytes = encode(`a,"oops\n${'1,2\n'.repeat(600_000)}`);
    for (const size of [65_536, bytes.length]) {
      const rows = readAll(bytes, size);
      expect([rows.length, rows[0]?.problem, rows[1]?.cells]).toEqual([600_001, 'unclosed_quote', ['1', '2']]);
    }
  });
});

it('agrees with a naive writer on a thousand random files', () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pieces = ['a', 'é', '😀', ',', '"', '\n', '\r\n', ' ', '1.50', ''];
  for (let file = 0; file < 1000; file += 1) {
    const rows = Array.from({ length: 1 + random(5) }, () => Array.from({ length: 2 + random(3) }, () => Array.from({ length: random(4) }, () => pieces[random(pieces.length)] ?? '').join('')));
    const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
    expect(readAll(encode(text), 1 + random(9)).map((row) => row.cells)).toEqual(rows);
  }
});
