/** Mail over the Worker's e-mail binding; on one machine it becomes an .eml file. */
import { EmailMessage } from 'cloudflare:email';
import { AppError } from '#core/errors';
import type { MailPort } from '#worker/ports';
import { mimeMessage } from './mime-message.ts';

/** @param sender an address of a domain that may send by this binding */
export function emailMail(binding: SendEmail, sender: string): MailPort {
  return {
    async send(mail) {
      try {
        await binding.send(new EmailMessage(sender, mail.to, mimeMessage(mail, { sender, at: new Date(), id: crypto.randomUUID() })));
      } catch (error) {
        throw new AppError('unavailable', 'The message could not be sent', { cause: error });
      }
    },
  };
}
