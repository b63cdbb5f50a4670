/** A plain-text mail as it goes over the wire (RFC 5322, RFC 2045, RFC 2047). */
import type { Mail } from '#worker/ports';

const NAME = 'Perennial';
const LINE = 76;
/** Without its line break (RFC 5322, 2.1.1). */
const LONGEST_LINE = 998;

export function mimeMessage(mail: Mail, { sender, at, id }: { sender: string; at: Date; id: string }): string {
  const text = mail.text.replaceAll(/\r?\n/g, '\r\n');
  // As it is where every server takes that: kept as a file on one's own machine, a letter is read by people.
  const isPlain = /^[ -~\t\r\n]*$/.test(text) && text.split('\r\n').every((line) => line.length <= LONGEST_LINE);
  const headers = [
    ['From', `${NAME} <${sender}>`],
    ['To', `<${mail.to}>`],
    ['Subject', /^[ -~]*$/.test(mail.subject) ? mail.subject : `=?utf-8?B?${base64(mail.subject)}?=`],
    ['Date', at.toUTCString().replace(/GMT$/, '+0000')],
    ['Message-ID', `<${id}@${sender.split('@')[1] ?? 'localhost'}>`],
    ['Auto-Submitted', 'auto-generated'],
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', isPlain ? '7bit' : 'base64'],
  ];
  // A line break in an address would begin a header of its own.
  const head = headers.map(([name, value]) => `${name ?? ''}: ${(value ?? '').replaceAll(/[\r\n]+/g, ' ')}`);
  const body = isPlain ? text : base64(text).replaceAll(new RegExp(`.{${String(LINE)}}(?=.)`, 'g'), '$&\r\n');
  return [...head, '', body, ''].join('\r\n');
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
