/** Who this is: where they came from, how they are recognised, what they agreed to. */
import { sourceName } from '#core/commerce/source-name';
import type { CustomerProfile } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';

function consentWords(consent: string): string {
  if (consent === 'granted') return 'Agreed to e-mail';
  if (consent === 'denied') return 'Refused e-mail';
  return 'Unknown: do not e-mail';
}

function attributeText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function AboutCustomer({ customer }: { customer: CustomerProfile }) {
  const { money, day, locale } = useFormats();
  const country = customer.country === null ? null : (new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }).of(customer.country) ?? customer.country);
  const facts: [string, string | null][] = [
    ['E-mail', customer.email],
    ['Consent', consentWords(customer.consentEmail)],
    ['Country', country],
    ['Came through', customer.channel],
    ['Came on', customer.acquiredOn === null ? null : day(customer.acquiredOn)],
    ['Cost to win', customer.acquisitionCost === null ? null : money(customer.acquisitionCost, 'exact')],
    ['First bought', customer.firstDay === null ? null : day(customer.firstDay)],
    ['Gross', money(customer.gross, 'exact')],
    ['Refunded', customer.refunded === 0 ? null : money(customer.refunded, 'exact')],
    ...customer.identities.map(({ kind, value }): [string, string] => [`Known to ${sourceName(kind)} as`, value]),
    ...Object.entries(customer.attributes).map(([name, value]): [string, string] => [name, attributeText(value)]),
  ];
  return (
    <Card title="About">
      <dl className="flex flex-col gap-2 text-14">
        {facts.map(([label, value]) => value !== null && (
          <div key={label} className="flex justify-between gap-4">
            <dt className="shrink-0 text-muted">{label}</dt>
            <dd className="figures min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
