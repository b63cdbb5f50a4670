/** What is mailed arrives as it was written, and no address writes headers. */
import { describe, expect, it } from 'vitest';
import { mimeMessage } from './mime-message.ts';

const at = new Date('2026-03-01T10:00:00Z');
const made = (to: string, subject: string, text: string) => mimeMessage({ to, subject, text }, { sender: 'no-reply@perennial.example', at, id: 'one' });

describe('mime message', () => {
  it('carries any text in lines that every server takes', () => {
    const text = `Grüße – ${'a long line '.repeat(20)}\n\nhttps://shop.example/reset-password?token=abc\n`;
    const message = made('a@b.example', 'Ihr Passwort für Müller', text);
    const [head = '', body = ''] = message.split('\r\n\r\n');
    expect(message.split('\r\n').every((line) => line.length <= 78)).toBe(true);
    expect(Buffer.from(body, 'base64').toString()).toBe(text.replaceAll('\n', '\r\n'));
    expect(head).toContain(`Subject: =?utf-8?B?${Buffer.from('Ihr Passwort für Müller').toString('base64')}?=`);
    expect(head).toContain('Date: Sun, 01 Mar 2026 10:00:00 +0000');
    expect(head).toContain('Message-ID: <one@perennial.example>');
  });

  it('leaves plain text readable, and turns what no server takes into lines that it does', () => {
    const link = 'Set it here:\n\nhttps://shop.example/reset-password?token=abc\n';
    const [head = '', ...body] = made('a@b.example', 'Hello', link).split('\r\n\r\n');
    expect(head).toContain('Content-Transfer-Encoding: 7bit');
    expect(body.join('\r\n\r\n').trimEnd()).toBe(link.replaceAll('\n', '\r\n').trimEnd());
    expect(made('a@b.example', 'Hello', 'x'.repeat(999)).split('\r\n').every((line) => line.length <= 78)).toBe(true);
  });

  it('keeps a line break in an address from beginning a header', () => {
    expect(made('a@b.example>\r\nBcc: <c@d.example', 'Hello', 'x').split('\r\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  });
});
