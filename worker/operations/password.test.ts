/** Passwords: hashed with their own salt and parameters, checked in the same time with and without an account. */
import { describe, expect, it } from 'vitest';
import { hashPassword, isOutdated, verifyPassword } from './password.ts';

describe('passwords', () => {
  it('verify against their own hash alone', async () => {
    const hash = await hashPassword('three unrelated words');
    expect(hash).toMatch(/^scrypt\$32768\$8\$2\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(await hashPassword('three unrelated words')).not.toBe(hash);
    expect(await verifyPassword('three unrelated words', hash)).toBe(true);
    expect(await verifyPassword('three unrelated word', hash)).toBe(false);
    expect(await verifyPassword('three unrelated words', null)).toBe(false);
  });

  it('verify hashes made with other parameters', async () => {
    // RFC 7914, section 12: password "password", salt "NaCl", N = 1024, r = 8, p = 16; the first 32 of its 64 bytes.
    const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex').toString('base64');
    const hash = `scrypt$1024$8$16$${btoa('NaCl')}$${key}`;
    expect(await verifyPassword('password', hash)).toBe(true);
    expect(isOutdated(hash)).toBe(true);
    expect(isOutdated(await hashPassword('password'))).toBe(false);
  });

  it('mean the same however a keyboard spells a letter', async () => {
    expect(await verifyPassword('cafe\u0301 au lait!', await hashPassword('caf\u00e9 au lait!'))).toBe(true);
  });
});
