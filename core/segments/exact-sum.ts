/** Sums that do not depend on the order in which numbers come. */

/** The exact sum of numbers as decimals write them, rounded once, as Postgres' `numeric` adds them. */
export function exactSum(values: readonly number[]): number {
  const parts = values.map(decimalOf);
  const least = parts.reduce((low, { exponent }) => Math.min(low, exponent), 0);
  const sum = parts.reduce((total, { digits, exponent }) => total + digits * 10n ** BigInt(exponent - least), 0n);
  return Number(`${sum}e${least}`);
}

function decimalOf(value: number): { digits: bigint; exponent: number } {
  const [mantissa = '0', power = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
