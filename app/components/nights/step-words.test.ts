import { expect, test } from 'vitest';
import { stepTitle, stepWords } from './step-words.ts';

const words = (name: string, result: Record<string, unknown>, state: 'done' | 'waiting' = 'done'): string => stepWords({ name, state, result }, String);

test('a step says what it found, and nothing before it is done', () => {
  expect(words('verify', { differences: 0 })).toBe('Every stored figure equals the recount.');
  expect(words('verify', { differences: 3 })).toContain('3 figures differed');
  expect(words('fit', { serves: false })).toContain('before it goes on serving');
  expect(words('rescore', { customers: 12 })).toBe('12 customers valued.');
  expect(words('retention', { values: 0, deadLetters: 2, events: 0, runs: 1 })).toBe('2 settled failures, 1 old reports removed.');
  expect(words('verify', { differences: 0 }, 'waiting')).toBe('');
});

test('a step without a title goes by its own name', () => {
  expect(stepTitle('verify')).toBe('Recount everything from the raw orders');
  expect(stepTitle('drop_chunks')).toBe('drop chunks');
});
