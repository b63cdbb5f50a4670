/** Lists as people bring them. */
import { expect, it } from 'vitest';
import { namesOf } from './list-text.ts';

it.each<[string, string[]]>([
  ['Ann@X.io\n bea@x.io \n\nann@x.io\n', ['ann@x.io', 'bea@x.io']],
  ['\ufeffName;E-Mail;City\r\n"Ann; the first";ANN@x.io;Köln\r\nBea;;Bonn\r\nCis;cis@x.io;', ['ann@x.io', 'cis@x.io']],
  ['Customer ID,Orders\n1001,3\n1002,1', ['1001', '1002']],
  ['id,name\n0198A1B2-0000-7000-8000-000000000001,Ann', ['0198a1b2-0000-7000-8000-000000000001']],
  ['Who,What\nann,1', ['ann']],
  ['1001\r1002', ['1001', '1002']],
  ['email', []],
  ['CIS\ndan', ['cis', 'dan']],
  [' \n ', []],
])('%j', (text, names) => {
  expect(namesOf(text)).toEqual(names);
});
