/** Keys follow one another without signing anybody out, and a key that was taken out checks nothing. */
import { describe, expect, it } from 'vitest';
import { issueAccessToken, readAccessToken } from '#operations/access-token';
import { makeTokenKeys } from './token-keys.ts';

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const old = { keyId: 't1', key: seed(1) }, next = { keyId: 't2', key: seed(2) };
const identity = {
  companyId: '01900000-0000-7000-8000-000000000001', mustEnrol: true,
  actor: { kind: 'user' as const, userId: '01900000-0000-7000-8000-000000000002', email: 'a@b.example', role: 'viewer' as const, sessionId: '01900000-0000-7000-8000-000000000003' },
};
const now = new Date('2026-03-01T10:00:00Z');

describe('token keys', () => {
  it('check tokens of every key, sign with the first, and forget one that is taken out', async () => {
    const token = await issueAccessToken(makeTokenKeys([old]), identity, now);
    expect(await readAccessToken(makeTokenKeys([old, next]), token, now)).toEqual(identity);
    expect(await readAccessToken(makeTokenKeys([next, old]), token, now)).toEqual(identity);
    expect(await readAccessToken(makeTokenKeys([next]), token, now)).toBeNull();
    // The same name does not make it the same key.
    expect(await readAccessToken(makeTokenKeys([{ keyId: 't1', key: seed(3) }]), token, now)).toBeNull();
    expect((await makeTokenKeys([next, old]).signing()).keyId).toBe('t2');
  });

  it('publish the public half that RFC 8032 gives for a known secret, and nothing else', async () => {
    const key = Uint8Array.from(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'));
    const x = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString('base64url');
    expect(await makeTokenKeys([{ keyId: 'k', key }]).published()).toEqual([{ kty: 'OKP', crv: 'Ed25519', x, kid: 'k', use: 'sig', alg: 'EdDSA' }]);
  });
});
