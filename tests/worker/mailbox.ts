/** What the Worker under test mails, caught at its e-mail binding. */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { z } from 'zod';

export interface CaughtMail {
  to: string;
  subject: string;
  text: string;
}

/** From now on nothing leaves; `vi.restoreAllMocks` ends it. */
export function catchMail(): { mails: CaughtMail[]; linkTo(to: string, subject: RegExp): Promise<string> } {
  const mails: CaughtMail[] = [];
  vi.spyOn(env.EMAIL, 'send').mockImplementation(async (mail) => {
    const raw = z.object({ 'EmailMessage::raw': z.any() }).parse(mail)['EmailMessage::raw'];
    const [head = '', body = ''] = (await new Response(raw).text()).split('\r\n\r\n');
    mails.push({ to: /^To: <(.*)>$/m.exec(head)?.[1] ?? '', subject: /^Subject: (.*)$/m.exec(head)?.[1] ?? '', text: atob(body.replaceAll(/\s/g, '')) });
    return { messageId: 'test' };
  });
  return {
    mails,
    /** The token of the newest link mailed to `to` under this subject. */
    async linkTo(to, subject) {
      const mail = await vi.waitFor(() => {
        const found = mails.findLast((one) => one.to === to && subject.test(one.subject));
        if (found === undefined) throw new Error(`no mail to ${to}: ${JSON.stringify(mails.map((one) => [one.to, one.subject]))}`);
        return found;
      });
      return /token=([\w.-]+)/.exec(mail.text)?.[1] ?? '';
    },
  };
}
