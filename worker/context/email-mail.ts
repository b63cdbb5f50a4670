/** Mail over the Worker's e-mail binding; on one machine it becomes an .eml file. */
import { AppError } from '#core/errors';
import type { MailPort } from '#worker/ports';

const SENDER = { name: 'Perennial', address: 'no-reply@perennial.example' };

export function emailMail(binding: SendEmail): MailPort {
  return {
    async send(mail) {
      try {
        await binding.send({ from: `${SENDER.name} <${SENDER.address}>`, to: mail.to, subject: mail.subject, text: mail.text });
      } catch (error) {
        throw new AppError('unavailable', 'The message could not be sent', { cause: error });
      }
    },
  };
}
