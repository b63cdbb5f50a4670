/** What pages and the API get of people's requests about their data. */

/** What a person, or a platform for her, asked about her data. No name, no address. */
export interface PrivacyRequestView {
  id: string;
  kind: 'data_request' | 'erasure' | 'deletion' | 'shop_erasure' | 'uninstalled';
  source: string;
  /** Whose data are asked for, while they are there. */
  customerId: string | null;
  state: 'open' | 'done' | 'failed';
  requestedAt: string;
  dueAt: string | null;
  finishedAt: string | null;
  /** Who gave the data out, as they are called. */
  finishedBy: string | null;
  /** Rows removed or changed by table; of a request for data, rows given out by part of the file. */
  result: Record<string, number>;
  /** Why it could not be carried out, for people. */
  error: string | null;
}
