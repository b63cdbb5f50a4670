/** Lists of keys as the secrets hold them: `keyId:base64(32 bytes)`, comma-separated. The first one works, all are known. */

export interface NamedKey {
  keyId: string;
  /** 32 bytes. */
  key: Uint8Array<ArrayBuffer>;
}

/** Null when the text is no such list, or names a key twice. */
export function parseNamedKeys(text: string): NamedKey[] | null {
  const keys: NamedKey[] = [];
  for (const part of text.split(',')) {
    const [keyId = '', encoded = ''] = part.trim().split(/:(.*)/s);
    const key = decodeBase64(encoded);
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(keyId) || key?.length !== 32 || keys.some((known) => known.keyId === keyId)) return null;
    keys.push({ keyId, key });
  }
  return keys;
}

export function formatNamedKeys(keys: readonly NamedKey[]): string {
  return keys.map(({ keyId, key }) => `${keyId}:${btoa(String.fromCharCode(...key))}`).join(',');
}

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
