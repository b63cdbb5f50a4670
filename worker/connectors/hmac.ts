/** HMAC-SHA-256 signatures over raw bytes, compared in constant time by Web Crypto. */

/** Keys are imported once per secret and isolate; a bounded memory, since merchants come and go. */
const KEYS = new Map<string, Promise<CryptoKey>>();
const MAX_KEYS = 500;

function keyOf(secret: string): Promise<CryptoKey> {
  const known = KEYS.get(secret);
  if (known) return known;
  if (KEYS.size >= MAX_KEYS) KEYS.clear();
  const key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  KEYS.set(secret, key);
  // A failed import (an empty secret) must not be remembered.
  key.catch(() => KEYS.delete(secret));
  return key;
}

/** Bytes of a base64 text; null when it is not base64. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/**
 * Whether `signature` (base64) is the HMAC-SHA-256 of `body` under `secret`. `crypto.subtle.verify` compares in
 * constant time. An empty secret or a malformed signature is a plain no.
 */
export async function verifyHmacBase64(body: Uint8Array<ArrayBuffer>, signature: string, secret: string): Promise<boolean> {
  if (secret === '') return false;
  const bytes = fromBase64(signature);
  if (bytes?.length !== 32) return false;
  return crypto.subtle.verify('HMAC', await keyOf(secret), bytes, body);
}

/** Bytes of a hexadecimal text; null when it is not one. */
function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The same as `verifyHmacBase64` for a signature written in hexadecimal. */
export async function verifyHmacHex(body: Uint8Array<ArrayBuffer>, signature: string, secret: string): Promise<boolean> {
  if (secret === '') return false;
  const bytes = fromHex(signature);
  if (bytes?.length !== 32) return false;
  return crypto.subtle.verify('HMAC', await keyOf(secret), bytes, body);
}
