/** What JSON can say and the books cannot keep is named with its place; everything else passes. */
import { describe, expect, it } from 'vitest';
import { DEEPEST, jsonFlaw } from './json-flaw.ts';

const nested = (levels: number, open: string, close: string): unknown => JSON.parse(open.repeat(levels) + '1' + close.repeat(levels));

describe('jsonFlaw', () => {
  it.each([
    ['{"a":[1,{"b":"x\\u0000"}]}', 'a[1].b'], ['{"a":"\\ud800"}', 'a'], ['["ok","\\udc00x"]', '[1]'], ['"\\u0000"', ''], ['{"a":{"__proto__":{"admin":true}}}', 'a.__proto__'],
    ['{"x":{"\\u0000":1}}', 'x.\uFFFD'], ['{"\\ud800":1}', '\uFFFD'],
  ])('finds what is wrong in %s at %j', (text, path) => {
    expect(jsonFlaw(JSON.parse(text))).toMatchObject({ path });
  });

  it.each([['[', ']'], ['{"a":', '}']])('refuses nesting of %s beyond the deepest, of any depth', (open, close) => {
    expect(jsonFlaw(nested(DEEPEST, open, close))).toBeNull();
    for (const levels of [DEEPEST + 1, 10_000, 200_000]) expect(jsonFlaw(nested(levels, open, close))?.message).toContain('levels deep');
  });

  it.each(['null', '1e400', '"😀"', '{"constructor":1,"toString":2}', '[[],{},"",0,false]'])('lets %s pass', (text) => {
    expect(jsonFlaw(JSON.parse(text))).toBeNull();
  });
});
