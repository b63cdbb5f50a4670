/** Password hashing: scrypt at the strongest parameters that stay within 150 ms, kept beside each hash. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '#core/errors';

/**
 * Measured in workerd: 113 ms and 34 MB; p = 3 takes 170 ms, N = 2^16 takes 67 MB of an isolate's 128.
 * scrypt blocks the isolate, so two never hold memory at once; callers limit attempts before they hash.
 */
const COST = { N: 2 ** 15, r: 8, p: 2 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MAX_MEMORY = 96 * 1024 * 1024;

/** `scrypt$N$r$p$salt$hash`, base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, toBase64(salt), toBase64(key)].join('$');
}

/**
 * Whether `password` is the one that `stored` was made from. With `stored` null (no such account) it takes as long
 * and answers false, so that time does not tell who has an account.
 *
 * @throws AppError `internal` when the stored hash is not one of ours.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await derive(password, randomBytes(SALT_BYTES), COST);
    return false;
  }
  const { cost, salt, hash } = read(stored);
  const key = await derive(password, salt, cost);
  return key.length === hash.length && timingSafeEqual(key, hash);
}

/** Whether the hash was made with parameters of another day: it is made anew at the next sign-in. */
export function isOutdated(stored: string): boolean {
  const { cost } = read(stored);
  return cost.N !== COST.N || cost.r !== COST.r || cost.p !== COST.p;
}

function read(stored: string): { cost: typeof COST; salt: Uint8Array; hash: Uint8Array } {
  const [scheme, N, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) throw new AppError('internal', 'A stored password hash is malformed');
  return { cost: { N: Number(N), r: Number(r), p: Number(p) }, salt: fromBase64(salt), hash: fromBase64(hash) };
}

function derive(password: string, salt: Uint8Array, cost: { N: number; r: number; p: number }): Promise<Uint8Array> {
  // Unicode has several spellings of one letter; keyboards differ in which they type.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
