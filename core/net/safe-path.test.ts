/** Nobody is led to another site after signing in. */
import { expect, it } from 'vitest';
import { safePath } from './safe-path.ts';

it('keeps paths of this app, with their query', () => {
  expect(safePath('/customers?q=ada&sort=value#top')).toBe('/customers?q=ada&sort=value#top');
  expect(safePath('/')).toBe('/');
});

it.each([null, '', 'customers', 'https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', '/\n/evil.example', 'javascript:alert(1)', '/%', '//'])('leads from %j to the first page or a path of ours', (text) => {
  const path = safePath(text);
  expect(new URL(path, 'https://perennial.test').origin).toBe('https://perennial.test');
  if (text !== '/%') expect(path).toBe('/');
});
