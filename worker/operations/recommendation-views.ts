/** What a customer is likely to buy next, as pages and the API get it. */

export type RecommendationReason =
  | { kind: 'again'; times: number }
  | { kind: 'with'; productId: string; name: string; customers: number }
  | { kind: 'popular'; customers: number };

export interface RecommendedProduct {
  productId: string;
  name: string;
  category: string | null;
  reason: RecommendationReason;
}

export interface RecommendationsView {
  customerId: string;
  /** From her own purchases, from what most people bought, or not at all. */
  basis: 'own' | 'popular' | 'none';
  products: RecommendedProduct[];
  /** How the recommender that serves was chosen; null where none has been made. */
  made: {
    model: string;
    /** YYYY-MM-DD, the last day that it saw. */
    asOf: string;
    madeAt: string;
    /** Share of customers of whom a list of ten foresaw a purchase, on the window that chose and on the one after; null where there was too little. */
    validation: { customers: number; hitRate: number } | null;
    test: { customers: number; hitRate: number } | null;
    /** The same on the later window of what everybody buys. */
    popular: { customers: number; hitRate: number } | null;
  } | null;
  notes: string[];
}
