/** Mail over the Worker's e-mail binding; on one machine it becomes an .eml file. */
import { AppError } from '#core/errors';
import type { MailPort } from '#worker/ports';

const NAME = 'Perennial';

/** @param sender an address of a domain that may send by this binding */
export function emailMail(binding: SendEmail, sender: string): MailPort {
  return {
    async send(mail) {
      try {
        await binding.send({ from: `${NAME} <${sender}>`, to: mail.to, subject: mail.subject, text: mail.text });
      } catch (error) {
        throw new AppError('unavailable', 'The message could not be sent', { cause: error });
      }
    },
  };
}
