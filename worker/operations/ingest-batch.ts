/** From canonical records to one batch for Postgres: newest version of each record, people told apart. */
import { v5 as uuidFromName } from 'uuid';
import { assertNever } from '#core/errors';
import type { Amounts, CanonicalRecord, CustomerRef, MergeRecord, OrderRecord, PrivacyRecord, SaleRecord, Version } from '#core/commerce/record';
import { addTombstoneHashes } from './tombstones.ts';
import type { EventRow, IngestBatch, PersonRow, ProfileRow, SaleRow, SubscriptionRow } from '#data/batch-rows';

/** What one transaction writes together. Merges and privacy requests are acted on by themselves, after it. */
export type BatchRecord = Exclude<CanonicalRecord, MergeRecord | PrivacyRecord>;

export function isBatchRecord(record: CanonicalRecord): record is BatchRecord {
  return record.kind !== 'merge' && record.kind !== 'privacy';
}

export interface BatchTools {
  companyId: string;
  /** The import that the records come from; none for any other way. */
  importId?: string | null;
  /** Hex HMAC of an e-mail address. */
  identityHash(email: string): Promise<string>;
  /** Time-ordered UUID for a new row. */
  makeId(): string;
  /** Whether the tenant has erased anybody: then identities carry the hash that a tombstone has. */
  hasErasures?: boolean;
}

function isNewer(a: Version, b: Version): boolean {
  return a.updatedAt === b.updatedAt ? a.rank > b.rank : a.updatedAt > b.updatedAt;
}

/**
 * One record a key: what a batch says several times is collapsed to its newest version. What any version said of the
 * payment stays said, so that the order of arrival makes no difference; a version that tells only a state keeps the facts
 * of the newest one that tells more. Of a contract every version is history.
 */
function collapse(records: readonly BatchRecord[]): BatchRecord[] {
  const newest = new Map<string, BatchRecord>();
  const states = new Map<string, OrderRecord>();
  for (const record of records) {
    // Orders and refunds of a source share their names.
    const { updatedAt, rank } = record.version;
    const version = record.kind === 'subscription' ? ` ${updatedAt} ${rank}` : '';
    const key = `${record.kind === 'refund' ? 'order' : record.kind} ${record.source} ${record.externalId}${version}`;
    if (record.kind === 'order' && record.stateOnly === true) {
      const known = states.get(key);
      if (!known || isNewer(record.version, known.version)) states.set(key, record);
      continue;
    }
    const known = newest.get(key);
    const winner = !known || isNewer(record.version, known.version) ? record : known;
    newest.set(key, known ? withNames(winner, [...namesIn(known), ...namesIn(record)]) : winner);
  }
  for (const [key, state] of states) {
    const known = newest.get(key);
    if (known && !isNewer(state.version, known.version)) continue;
    newest.set(key, known?.kind === 'order' ? { ...known, version: state.version, status: state.status, counts: state.counts } : state);
  }
  return [...newest.values()];
}

function namesIn(record: BatchRecord): string[] {
  return record.kind === 'order' || record.kind === 'payment_link' ? record.paymentKeys : [];
}

function withNames(record: BatchRecord, names: string[]): BatchRecord {
  return record.kind === 'order' || record.kind === 'payment_link' ? { ...record, paymentKeys: [...new Set(names)] } : record;
}

/** The people of a batch: references that share a platform id or an e-mail address are one person. */
class People {
  readonly rows: PersonRow[] = [];
  private readonly byIdentity = new Map<string, number>();
  private readonly companyId: string;

  constructor(companyId: string) {
    this.companyId = companyId;
  }

  /** Index of the person, or null when there is nothing to know her by. */
  place(source: string, ref: CustomerRef, emailHash: string | null): number | null {
    const identities = [
      ...(ref.externalId === null ? [] : [{ kind: source, value: ref.externalId }]),
      ...(emailHash === null ? [] : [{ kind: 'email', value: emailHash }]),
    ];
    const first = identities[0];
    if (!first) return null;
    const known = identities.map((i) => this.byIdentity.get(`${i.kind} ${i.value}`)).find((g) => g !== undefined);
    const index = known ?? this.rows.length;
    let row = this.rows[index];
    if (!row) {
      row = {
        proposedId: uuidFromName(`${first.kind} ${first.value}`, this.companyId),
        source,
        externalId: ref.externalId ?? `guest-${first.value.slice(0, 12)}`,
        email: null, name: null, country: null, identities: [],
      };
      this.rows.push(row);
    }
    for (const identity of identities) {
      const key = `${identity.kind} ${identity.value}`;
      if (this.byIdentity.has(key)) continue;
      this.byIdentity.set(key, index);
      row.identities.push(identity);
    }
    // A platform's own id outranks an e-mail address, which people share and change.
    row.identities.sort((a, b) => Number(a.kind === 'email') - Number(b.kind === 'email'));
    row.email ??= ref.email;
    row.name ??= ref.name;
    row.country ??= ref.country;
    return index;
  }
}

/** Somebody as a batch of her own knows her; null when there is nothing to know her by. */
export async function personOf(source: string, ref: CustomerRef, tools: Pick<BatchTools, 'companyId' | 'identityHash' | 'hasErasures'>): Promise<PersonRow | null> {
  const people = new People(tools.companyId);
  const email = ref.email?.trim() ?? '';
  people.place(source, ref, email === '' ? null : await tools.identityHash(email));
  if (tools.hasErasures === true) await addTombstoneHashes(people.rows, (text) => tools.identityHash(text));
  return people.rows[0] ?? null;
}

function parts(amounts: Amounts): Pick<SaleRow, 'currency' | 'given' | 'goods' | 'discount' | 'tax' | 'shipping' | 'tip'> {
  const { currency, given, goods, discount, tax, shipping, tip } = amounts;
  return { currency, given, goods, discount, tax, shipping, tip };
}

/** Builds the batch; e-mail addresses are hashed once each. */
export async function toBatch(records: readonly BatchRecord[], tools: BatchTools): Promise<IngestBatch> {
  const people = new People(tools.companyId);
  const hashes = new Map<string, string>();
  const place = async (source: string, ref: CustomerRef | null): Promise<number | null> => {
    if (ref === null) return null;
    const email = ref.email?.trim().toLowerCase() ?? '';
    if (email !== '' && !hashes.has(email)) hashes.set(email, await tools.identityHash(email));
    return people.place(source, ref, hashes.get(email) ?? null);
  };
  const profiles: ProfileRow[] = [];
  const sales: SaleRow[] = [];
  const links: IngestBatch['links'] = [];
  const subscriptions: SubscriptionRow[] = [];
  const events: EventRow[] = [];
  for (const record of collapse(records)) {
    switch (record.kind) {
      case 'customer': {
        const { source, externalId, email, name, country } = record;
        const person = await place(source, { externalId, email, name, country });
        if (person === null) break;
        profiles.push({
          person, versionAt: record.version.updatedAt, email, name, country,
          acquisitionChannel: record.acquisitionChannel, acquisitionCost: record.acquisitionCost, acquiredOn: record.acquiredOn,
          consentEmail: record.consentEmail, attributes: record.attributes,
        });
        break;
      }
      case 'order':
        sales.push({
          ...saleRow(record, tools), type: record.type, orderExternalId: null, label: record.label, channel: record.channel,
          paymentKeys: record.paymentKeys, precedence: record.precedence, stateOnly: record.stateOnly === true, person: await place(record.source, record.customer),
        });
        break;
      case 'refund':
        sales.push({
          ...saleRow(record, tools), type: 'refund', orderExternalId: record.orderExternalId, label: null, channel: null,
          paymentKeys: [], precedence: 0, stateOnly: false,
          person: record.orderExternalId === null ? await place(record.source, record.customer) : null,
        });
        break;
      case 'payment_link':
        links.push(record);
        break;
      case 'subscription': {
        const { customer, ...rest } = record;
        subscriptions.push({ ...rest, person: await place(record.source, customer) });
        break;
      }
      case 'event': {
        const { customer, ...rest } = record;
        // Of source and name, so that a repeat is the same row.
        events.push({ ...rest, id: uuidFromName(`event ${rest.source} ${rest.externalId}`, tools.companyId), person: await place(record.source, customer) });
        break;
      }
      default:
        assertNever(record);
    }
  }
  if (tools.hasErasures === true) await addTombstoneHashes(people.rows, (text) => tools.identityHash(text));
  return { people: people.rows, profiles, sales, links, subscriptions, events, importId: tools.importId ?? null, receipts: [] };
}

/** What orders and refunds have in common. */
function saleRow(record: SaleRecord, tools: BatchTools): Omit<SaleRow, 'type' | 'orderExternalId' | 'label' | 'channel' | 'paymentKeys' | 'precedence' | 'stateOnly' | 'person'> {
  return {
    id: tools.makeId(), source: record.source, externalId: record.externalId, kind: record.kind, occurredAt: record.occurredAt,
    status: record.status, counts: record.counts, ...parts(record.amounts),
    versionAt: record.version.updatedAt, versionRank: record.version.rank, items: record.items,
  };
}
