/** Currency and time zone of a new company. */
import { useEffect, useState } from 'react';
import { SelectField } from './field.tsx';
import { CurrencyOptions, TimeZoneOptions } from './region-options.tsx';
import type { ComponentProps } from 'react';

interface RegionFieldsProps {
  currencies: ComponentProps<typeof CurrencyOptions>['currencies'];
  zones: ComponentProps<typeof TimeZoneOptions>['zones'];
  errors: Record<string, string>;
}

export function RegionFields({ currencies, zones, errors }: RegionFieldsProps) {
  const [zone, setZone] = useState('UTC');
  // Only the browser knows where the merchant sits; without scripts they choose themselves.
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  return (
    <>
      <SelectField label="Currency of your reports" name="currency" defaultValue="EUR" error={errors['currency']}>
        <CurrencyOptions currencies={currencies} />
      </SelectField>
      <SelectField label="Time zone of your days" name="timeZone" value={zone} onChange={(event) => setZone(event.target.value)} error={errors['timeZone']}>
        <TimeZoneOptions zones={zones} chosen={zone} />
      </SelectField>
    </>
  );
}
