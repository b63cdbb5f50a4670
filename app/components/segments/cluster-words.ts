/** A segment that is kept by its nearest centre, in words. */
import { assertNever } from '#core/errors';
import { minorDigits } from '#core/commerce/money';
import { FEATURE_KINDS, isDiscoveryFeature } from '#core/discovery/features';
import type { NearestCentre } from '#operations/segment-views';
import type { Formats } from '../../format/formats.ts';
import { featureLabel, featureText } from '../discover/words.ts';

/** "Whoever is nearest to this one of 4 centres: days since the last purchase 20, days with a purchase 12." */
export function clusterWords(nearest: readonly NearestCentre[], formats: Formats): string {
  const centreOf = ({ centre }: NearestCentre): string => centre.map(({ feature, value }) => `${featureLabel(feature).toLowerCase()} ${featureText(feature, value, formats, formats.currency)}`).join(', ');
  return nearest.map((one, n) => `${n === 0 ? 'Whoever is' : 'and among them'} nearest to this one of ${String(one.groups)} centres: ${centreOf(one)}`).join('; ').concat('.');
}

/** A figure as exactly as it has to be told where it decides. */
export function boundaryText(name: string, value: number, { money, count, decimal, percent, currency }: Formats): string {
  if (!isDiscoveryFeature(name)) return decimal(value, 2);
  const { unit } = FEATURE_KINDS[name];
  switch (unit) {
    case 'money': return money(Math.round(value * 10 ** minorDigits(currency)), 'exact');
    case 'days': case 'count': return count(Math.round(value));
    case 'share': return percent(value, 1, 1);
    case 'number': return decimal(value, 2);
    default: return assertNever(unit);
  }
}
