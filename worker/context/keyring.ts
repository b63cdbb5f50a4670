/** The keys of the house: AES-256-GCM for stored credentials, a keyed HMAC for finding people by e-mail. */
import { AppError } from '#core/errors';
import type { Keyring } from '#worker/ports';
import type { NamedKey } from './named-keys.ts';

export interface KeyringSecrets {
  identitySecret: Uint8Array<ArrayBuffer>;
  /** The first encrypts; all decrypt, so that keys can rotate. */
  credentialKeys: readonly NamedKey[];
}

/** 96 bits, as GCM wants; drawn anew for every value. */
const NONCE_BYTES = 12;

/** Imports each key once, when first needed. */
export function makeKeyring(secrets: KeyringSecrets): Keyring {
  const encoder = new TextEncoder();
  let identityKey: Promise<CryptoKey> | null = null;
  const sealing = new Map<string, Promise<CryptoKey>>();

  const sealingKey = (keyId: string): Promise<CryptoKey> => {
    const known = sealing.get(keyId);
    if (known !== undefined) return known;
    const found = secrets.credentialKeys.find((candidate) => candidate.keyId === keyId);
    if (found === undefined) throw new AppError('internal', `Credentials were sealed with the key "${keyId}", which is not in CREDENTIAL_KEYS`);
    const imported = crypto.subtle.importKey('raw', found.key, 'AES-GCM', false, ['encrypt', 'decrypt']);
    sealing.set(keyId, imported);
    return imported;
  };

  return {
    async identityHash(email) {
      identityKey ??= crypto.subtle.importKey('raw', secrets.identitySecret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const digest = await crypto.subtle.sign('HMAC', await identityKey, encoder.encode(email.trim().toLowerCase()));
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    },
    async encrypt(plain) {
      const newest = secrets.credentialKeys[0];
      if (newest === undefined) throw new AppError('internal', 'CREDENTIAL_KEYS is empty');
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await sealingKey(newest.keyId), encoder.encode(plain));
      return { keyId: newest.keyId, sealed: toBase64(nonce, new Uint8Array(sealed)) };
    },
    standing(keyId) {
      const place = secrets.credentialKeys.findIndex((candidate) => candidate.keyId === keyId);
      return place === 0 ? 'newest' : place > 0 ? 'older' : 'unknown';
    },
    async decrypt(keyId, sealed) {
      const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
      try {
        const plain = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: bytes.slice(0, NONCE_BYTES) }, await sealingKey(keyId), bytes.slice(NONCE_BYTES),
        );
        return new TextDecoder().decode(plain);
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw new AppError('internal', `Credentials sealed with the key "${keyId}" do not open with it`, { cause: error });
      }
    },
  };
}

function toBase64(...parts: Uint8Array[]): string {
  return btoa(parts.map((part) => Array.from(part, (byte) => String.fromCharCode(byte)).join('')).join(''));
}
