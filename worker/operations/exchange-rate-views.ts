/** What pages and the API get of exchange rates. */

/** Units of the company's currency for one unit of `currency`, from `day` on. */
export interface RateView {
  currency: string;
  day: string;
  rate: number;
  origin: 'ecb' | 'manual';
}

export interface ExchangeRatesView {
  /** The company's. */
  currency: string;
  /** Currencies that sales came in besides, with their newest rate and how the last fetch went. */
  wanted: { currency: string; latest: RateView | null; triedAt: string | null; fetchedAt: string | null; error: string | null }[];
  /** By hand, or all of one currency when it is named; newest first. */
  rates: RateView[];
}
