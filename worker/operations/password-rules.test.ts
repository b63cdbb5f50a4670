/** Passwords that are tried first are refused, in their usual disguises; passphrases and random ones are taken. */
import { describe, expect, it } from 'vitest';
import { newPassword, whyGuessable } from './password-rules.ts';

const own = ['nina.berg@fernway.example', 'Fernway Coffee'];

describe('password rules', () => {
  it.each([
    'motherfucker', '1qaz2wsx3edc', 'qwerty123456', 'passwordpassword', 'password1234!', 'P4ssw0rd1234', '!!password123', 'LETMEINletmein', 'dragonmonkey12',
    'aaaaaaaaaaaaaaa', 'abcdefghijklm', '123456789012', 'fernwaycoffee1', 'nina.berg2026', 'Superman12345',
  ])('refuses %s', (password) => {
    expect(whyGuessable(password, own)).not.toBeNull();
  });

  it.each([
    'three unrelated words', 'fernway-coffee-demo', 'correct horse battery staple', 'dr0Wn-lemur-Tulip', 'xK9$mQ2!vTr8', 'Пять тёплых вечеров', 'monkey in a yellow tram',
  ])('takes %s', (password) => {
    expect(newPassword.safeParse(password).success).toBe(true);
    expect(whyGuessable(password, own)).toBeNull();
  });

  it('takes random passwords for what they are', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const refused = Array.from({ length: 3_000 }, () => Array.from({ length: 14 }, () => letters[next() % letters.length]).join('')).filter((word) => whyGuessable(word, own) !== null);
    expect(refused.length).toBeLessThan(3);
  });

  it('wants twelve characters', () => {
    expect(newPassword.safeParse('eleven char').success).toBe(false);
  });
});
