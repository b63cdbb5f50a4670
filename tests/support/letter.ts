/** A mail as it was sent, read as a mail program would. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** @param raw a message with one plain-text part (RFC 5322) */
export function readLetter(raw: string): Letter {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, end), body = raw.slice(end + 4);
  const value = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? '';
  const text = value('Content-Transfer-Encoding') === 'base64'
    ? new TextDecoder().decode(Uint8Array.from(atob(body.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0))) : body;
  return { to: value('To').replaceAll(/[<>]/g, ''), subject: value('Subject'), text };
}
