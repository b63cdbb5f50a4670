/** Options of the currency and time zone selects. */
import type { NamedCurrency } from '../../format/regions.ts';

export function CurrencyOptions({ currencies }: { currencies: NamedCurrency[] }) {
  return <>{currencies.map(({ code, name }) => <option key={code} value={code}>{code} – {name}</option>)}</>;
}

export function TimeZoneOptions({ zones, chosen }: { zones: string[]; chosen: string }) {
  const all = zones.includes(chosen) ? zones : [chosen, ...zones];
  return <>{all.map((zone) => <option key={zone} value={zone}>{zone.replaceAll('_', ' ')}</option>)}</>;
}
