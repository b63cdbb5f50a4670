/** What pages and the API get of the company and its people. */
import type { RfmThresholds } from '#core/rfm/thresholds';
import type { Role } from '#worker/ports';

export interface CompanyView {
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  /** YYYY-MM-DD; null = live. */
  analysisDate: string | null;
  horizonDays: number;
  /** Annual fraction, 0.1 = 10 %. */
  discountRate: number;
  revenueBasis: 'net_sales' | 'with_shipping' | 'total_paid';
  countZeroOrders: boolean;
  /** For how many years single sales are kept; null = all of them. */
  keepYears: number | null;
  /** Local days before this one are closed: their sales are sums, and nothing dated there is taken. Null while none is. */
  closedBefore: string | null;
  /** Origins whose pages may use the API from a browser, such as https://app.shop.example. */
  apiOrigins: string[];
  /** How RFM scores are cut. */
  rfm: RfmThresholds;
  createdAt: string;
}

/** Company settings that are to come into force with the recount. */
export type PendingView = Partial<Pick<CompanyView, 'currency' | 'timeZone' | 'analysisDate' | 'horizonDays' | 'discountRate' | 'revenueBasis' | 'countZeroOrders' | 'rfm'>>;

/** The company as settings pages know it: what is in force, and what is being counted. */
export interface CompanySettingsView extends CompanyView {
  pending: PendingView;
  /** The recount at work; null when the figures are those of the settings. */
  rebuild: { runId: string; progress: number } | null;
  /** What the recount cannot do just now; it is tried again by itself. */
  waiting: WaitingView | null;
}

export interface WaitingView {
  /** What hinders it, for people. */
  reason: string;
  /** When the change was asked for. */
  since: string;
  /** Of a change of currency: with rates by hand from this day on it goes on, YYYY-MM-DD. */
  ratesFrom: string | null;
}

export interface UserView {
  id: string;
  email: string;
  name: string | null;
  role: Role;
}

/** One's own account. */
export interface AccountView extends UserView {
  /** Null until the link sent to the address was used. */
  emailVerifiedAt: string | null;
  /** Null since registering. */
  passwordChangedAt: string | null;
  /** False for those who sign in with a provider alone. */
  hasPassword: boolean;
}
