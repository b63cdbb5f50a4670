/** Euro reference rates of the European Central Bank: every working day at about 16:00 in Frankfurt. */
import { SaxesParser } from 'saxes';
import { AppError } from '#core/errors';
import type { ReferenceDay } from '#core/commerce/exchange';
import type { PlatformAccess } from '../connector.ts';

const FOLDER = 'https://www.ecb.europa.eu/stats/eurofxref/';
/** How far back to read: the newest day, about 90 days, or everything since 1999 (some 8 MB). */
const FILES = { newest: 'eurofxref-daily.xml', recent: 'eurofxref-hist-90d.xml', all: 'eurofxref-hist.xml' } as const;
export type EcbSpan = keyof typeof FILES;

/**
 * Oldest day first.
 * @throws AppError `unavailable` when the bank does not answer, or answers something else than its rates.
 */
export async function readReferenceRates(fetch: PlatformAccess['fetch'], span: EcbSpan): Promise<ReferenceDay[]> {
  const response = await fetch(FOLDER + FILES[span], { headers: { accept: 'application/xml, text/xml' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new AppError('unavailable', `The European Central Bank answered ${String(response.status)} instead of its rates`);
  }
  const days = new Map<string, Map<string, number>>();
  let current: Map<string, number> | null = null;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name !== 'Cube') return;
    const { time, currency, rate } = attributes;
    if (time !== undefined && /^\d{4}-\d\d-\d\d$/.test(time)) days.set(time, (current = new Map<string, number>()));
    const units = Number(rate);
    if (current !== null && currency !== undefined && units > 0) current.set(currency, units);
  });
  try {
    if (response.body !== null) {
      // Piece by piece: the whole history as one text and its parse would be large.
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) parser.write(piece);
    }
    parser.close();
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('unavailable', 'What the European Central Bank answered cannot be read as its rates', { cause });
  }
  if (days.size === 0) throw new AppError('unavailable', 'What the European Central Bank answered has no rates in it');
  return [...days].map(([day, perEuro]) => ({ day, perEuro })).sort((a, b) => (a.day < b.day ? -1 : 1));
}
