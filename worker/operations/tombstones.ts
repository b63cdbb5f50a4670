/** What is left of an erased identity: a keyed hash, by which a late delivery is recognised and from which nobody is found. */
import type { Identity, PersonRow } from '#data/batch-rows';

export const EMAIL_KIND = 'email';

type HashIdentity = (text: string) => Promise<string>;

/**
 * Hex HMAC. An e-mail identity is one already; a platform's id is hashed as `kind:id` with the id in hexadecimal,
 * because the keyring folds case, which tells addresses apart from nothing but ids from each other.
 */
export async function tombstoneOf({ kind, value }: Identity, hash: HashIdentity): Promise<string> {
  if (kind === EMAIL_KIND) return value;
  const hex = Array.from(new TextEncoder().encode(value), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return await hash(`${kind}:${hex}`);
}

/** Gives every identity its hash, in place: a thousand of them are hashed at once. */
export async function addTombstoneHashes(people: readonly PersonRow[], hash: HashIdentity): Promise<void> {
  await Promise.all(people.flatMap((person) => person.identities.map(async (identity) => {
    identity.hash = await tombstoneOf(identity, hash);
  })));
}
