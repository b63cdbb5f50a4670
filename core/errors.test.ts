/** Errors are known across copies of this module, and subclasses keep their own identity. */
import { describe, expect, it, vi } from 'vitest';
import { AppError } from './errors.ts';

describe('AppError', () => {
  it('is known when another copy of the module threw it', async () => {
    vi.resetModules();
    const copy = await import('./errors.ts');
    expect(copy.AppError).not.toBe(AppError);
    const foreign: unknown = new copy.AppError('unavailable', 'down');
    expect(foreign instanceof AppError).toBe(true);
    expect(foreign instanceof AppError && foreign.retryable).toBe(true);
  });

  it('is nothing else, and not every AppError is of a subclass', () => {
    class Special extends AppError {}
    const plain: unknown = new AppError('internal', 'x');
    expect(plain instanceof Special).toBe(false);
    expect(new Special('internal', 'x') instanceof AppError).toBe(true);
    expect(new Error('x') instanceof AppError).toBe(false);
    expect({ code: 'internal' } instanceof AppError).toBe(false);
  });
});
