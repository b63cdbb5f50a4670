/** Which passwords are taken: long ones that nobody tries first. No rules about kinds of characters (NIST SP 800-63B). */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FILTER, HASHES } from './common-passwords.ts';

const MIN_PASSWORD_LENGTH = 12;
/** Long enough for any passphrase, short enough that hashing its bytes costs nothing. */
export const MAX_PASSWORD_LENGTH = 256;
/** What people hang on to a word so that a form takes it: "password123!". */
const MOST_HUNG_ON = 5;
const SHORTEST_PART = 4;

/** A new password, by its length; `refuseGuessable` judges the rest. */
export const newPassword = z.string()
  .min(MIN_PASSWORD_LENGTH, `Use at least ${String(MIN_PASSWORD_LENGTH)} characters; three unrelated words are easy to remember`)
  .max(MAX_PASSWORD_LENGTH, `Use at most ${String(MAX_PASSWORD_LENGTH)} characters`);

/**
 * Why this password would be guessed soon, for the person who chose it; null when it would not.
 * @param own words of this account that others know: the address, the company's name
 */
export function whyGuessable(password: string, own: string[]): string | null {
  const text = password.normalize('NFKC').toLowerCase();
  if (new Set(text).size < 5) return 'It repeats a few characters; three unrelated words are easy to remember';
  if (isRun(text)) return 'It runs along the alphabet or the digits; three unrelated words are easy to remember';
  for (const word of own.flatMap(partsOf)) {
    if (text.length - word.length <= MOST_HUNG_ON && text.includes(word)) return 'It is little more than your address or the name of your company; choose other words';
  }
  if (variantsOf(text).some(isCommon)) return 'It is among the passwords that are tried first; choose three unrelated words';
  for (let at = SHORTEST_PART; at <= text.length - SHORTEST_PART; at++) {
    if (isCommon(text.slice(0, at)) && isCommon(text.slice(at))) return 'It is two of the passwords that are tried first, one after the other; choose three unrelated words';
  }
  return null;
}

/** The text itself, without what was hung on to either end, once where it is said again and again, and with figures read as letters. */
function variantsOf(text: string): string[] {
  const plain = [text, unrepeated(text)];
  const bare = plain.flatMap((one) => [one, one.replace(/[^a-z]+$/, ''), one.replace(/^[^a-z]+/, ''), one.replace(/^[^a-z]+|[^a-z]+$/g, '')])
    .filter((one) => one.length >= SHORTEST_PART && (unrepeated(text) !== text || text.length - one.length <= MOST_HUNG_ON));
  return [...new Set(bare.flatMap((one) => [one, asLetters(one)]))];
}

function unrepeated(text: string): string {
  for (let length = SHORTEST_PART; length <= text.length / 2; length++) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

const LETTERS: Readonly<Record<string, string>> = { '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };

function asLetters(text: string): string {
  return text.replaceAll(/[013457@$!]/g, (sign) => LETTERS[sign] ?? sign);
}

/** "abcdefghijkl", "987654321098": each character one after the one before, or one before it. */
function isRun(text: string): boolean {
  let steps = 0;
  for (let at = 1; at < text.length; at++) if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) steps += 1;
  return steps >= text.length - 3;
}

function partsOf(own: string): string[] {
  const whole = own.normalize('NFKC').toLowerCase();
  return [whole, whole.split('@')[0] ?? '', whole.replaceAll(/[^\p{L}\p{N}]/gu, '')].filter((part) => part.length >= SHORTEST_PART);
}

let bits: Uint8Array | null = null;

function isCommon(word: string): boolean {
  bits ??= Uint8Array.from(atob(FILTER), (character) => character.charCodeAt(0));
  const digest = createHash('sha256').update(word).digest();
  const first = digest.readUInt32BE(0), second = digest.readUInt32BE(4);
  for (let n = 0; n < HASHES; n++) {
    const bit = (first + n * second) % (bits.length * 8);
    if (((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
