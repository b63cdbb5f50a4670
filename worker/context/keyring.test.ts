/** Credentials open with the key that sealed them, also after a rotation, and with no other. */
import { describe, expect, it } from 'vitest';
import { makeKeyring } from './keyring.ts';

const bytes = (fill: number) => new Uint8Array(32).fill(fill);
const identitySecret = bytes(7);
const old = { keyId: 'k1', key: bytes(1) };
const fresh = { keyId: 'k2', key: bytes(2) };

describe('keyring', () => {
  it('seals each time differently and opens again, in any script', async () => {
    const keys = makeKeyring({ identitySecret, credentialKeys: [old] });
    const [a, b] = [await keys.encrypt('größer 🎉'), await keys.encrypt('größer 🎉')];
    expect(a.sealed).not.toBe(b.sealed);
    expect(a.sealed).not.toContain('gr');
    expect(await keys.decrypt(a.keyId, a.sealed)).toBe('größer 🎉');
  });

  it('seals with the newest key and still opens what an older one sealed', async () => {
    const before = await makeKeyring({ identitySecret, credentialKeys: [old] }).encrypt('secret');
    const rotated = makeKeyring({ identitySecret, credentialKeys: [fresh, old] });
    expect((await rotated.encrypt('x')).keyId).toBe('k2');
    expect(await rotated.decrypt(before.keyId, before.sealed)).toBe('secret');
  });

  it('says what a key is to it', () => {
    const rotated = makeKeyring({ identitySecret, credentialKeys: [fresh, old] });
    expect(['k2', 'k1', 'k9'].map((keyId) => rotated.standing(keyId))).toEqual(['newest', 'older', 'unknown']);
  });

  it('refuses what was changed, and keys it does not have', async () => {
    const keys = makeKeyring({ identitySecret, credentialKeys: [old] });
    const { keyId, sealed } = await keys.encrypt('secret');
    const changed = sealed.slice(0, -4) + (sealed.endsWith('AAA=') ? 'BBB=' : 'AAA=');
    await expect(keys.decrypt(keyId, changed)).rejects.toMatchObject({ code: 'internal' });
    await expect(keys.decrypt('k9', sealed)).rejects.toThrow(/k9/);
  });

  it('hashes an address the same in any spelling, and differently under another secret', async () => {
    const keys = makeKeyring({ identitySecret, credentialKeys: [old] });
    const hash = await keys.identityHash(' Ada@Shop.example ');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await keys.identityHash('ada@shop.example')).toBe(hash);
    expect(await makeKeyring({ identitySecret: bytes(8), credentialKeys: [old] }).identityHash('ada@shop.example')).not.toBe(hash);
  });
});
