/** The keys that sign access tokens: Ed25519, each made from the 32 bytes of its secret, imported once when first needed. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { PublishedKey, TokenKeys } from '#operations/access-token';
import type { NamedKey } from './named-keys.ts';

interface KeyPair {
  sign: CryptoKey;
  check: CryptoKey;
  published: PublishedKey;
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]);
const publicPart = z.object({ x: z.string() });

/** @param seeds the first signs, all check */
export function makeTokenKeys(seeds: readonly NamedKey[]): TokenKeys {
  const pairs = new Map<string, Promise<KeyPair>>();
  const pairOf = (keyId: string): Promise<KeyPair> | null => {
    const known = pairs.get(keyId);
    if (known !== undefined) return known;
    const seed = seeds.find((candidate) => candidate.keyId === keyId);
    if (seed === undefined) return null;
    const made = makePair(keyId, seed.key);
    pairs.set(keyId, made);
    return made;
  };
  return {
    async signing() {
      const newest = seeds[0];
      const pair = newest === undefined ? null : await pairOf(newest.keyId);
      if (newest === undefined || pair === null) throw new AppError('internal', 'TOKEN_KEYS is empty');
      return { keyId: newest.keyId, key: pair.sign };
    },
    checking: async (keyId) => (await pairOf(keyId))?.check ?? null,
    async published() {
      const all: PublishedKey[] = [];
      for (const { keyId } of seeds) {
        const pair = await pairOf(keyId);
        if (pair !== null) all.push(pair.published);
      }
      return all;
    },
  };
}

async function makePair(keyId: string, seed: Uint8Array<ArrayBuffer>): Promise<KeyPair> {
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...seed]);
  // Extractable once, to learn the public half; what signs afterwards cannot be taken out.
  const whole = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const sign = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  const { x } = publicPart.parse(await crypto.subtle.exportKey('jwk', whole));
  const check = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, 'Ed25519', false, ['verify']);
  return { sign, check, published: { kty: 'OKP', crv: 'Ed25519', x, kid: keyId, use: 'sig', alg: 'EdDSA' } };
}
