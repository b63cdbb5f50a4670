/** What the Worker under test mails, caught at its e-mail binding. */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { z } from 'zod';
import { readLetter } from '../support/letter.ts';
import type { Letter } from '../support/letter.ts';

/** From now on nothing leaves; `vi.restoreAllMocks` ends it. */
export function catchMail(): { mails: Letter[]; linkTo(to: string, subject: RegExp): Promise<string> } {
  const mails: Letter[] = [];
  vi.spyOn(env.EMAIL, 'send').mockImplementation(async (mail) => {
    const raw = z.object({ 'EmailMessage::raw': z.any() }).parse(mail)['EmailMessage::raw'];
    mails.push(readLetter(await new Response(raw).text()));
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
