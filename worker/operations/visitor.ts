/** What an operation gets while nobody knows yet which tenant is meant: signing in, resolving keys and integrations. */
import type { ProviderAccess } from '#connectors/identity/provider';
import type { ClosedBooks } from '#core/commerce/closed-books';
import type { Database } from '#data/tenant';
import type { Clock, FilesPort, InboxPort, Keyring, Log, MailPort, AskedFrom, OutsidePort, Role, SessionsPort } from '#worker/ports';
import type { Identity, TokenKeys } from './access-token.ts';
import { TimedMap } from './isolate-memory.ts';

export interface Visitor {
  database: Database;
  /** Where the request came from, for the audit log. */
  askedFrom: AskedFrom;
  /** Its small cache lets keys and secrets be resolved while Postgres is down. */
  inbox: InboxPort;
  /** Takes the bodies that no inbox row holds. */
  files: FilesPort;
  keys: Keyring;
  clock: Clock;
  log: Log;
  mail: MailPort;
  /** Providers of identities are asked by it. */
  outside: OutsidePort;
  /** Who we are to each of them, by the provider's id; those that are not set up are missing. */
  signInClients: ReadonlyMap<string, SignInClient>;
  /** Those of a company. */
  sessions(companyId: string): SessionsPort;
  /** Sign access tokens. */
  tokenKeys: TokenKeys;
  /** Seals refresh tokens and the step between password and code. */
  authSecret: Uint8Array<ArrayBuffer>;
  memory: VisitorMemory;
}

/** This installation as a provider of identities knows it. */
export interface SignInClient {
  clientId: string;
  clientSecret: string;
}

export interface ResolvedKey {
  companyId: string;
  keyId: string;
  name: string;
  role: Role;
  /** Permissions it is held to beside its role; null: all of the role's. */
  scopes: string[] | null;
  /** Requests a minute; null: the company's limit. */
  perMinute: number | null;
  expiresAt: string | null;
}

export interface SealedEndpoint {
  companyId: string;
  integrationId: string;
  platform: string;
  credentials: string;
  credentialKeyId: string;
}

/** A site that sends events with a key that everybody can read. */
export interface PublicSource {
  companyId: string;
  sourceId: string;
  allowedOrigins: string[];
}

/** What acceptance and limits must know of a company. */
export interface CompanyFacts {
  currency: string;
  timeZone: string;
  /** Requests a minute for each session, token and key; null = the defaults. */
  apiPerMinute: number | null;
  /** Days in which nothing is taken any more; null while there are none. */
  closed: ClosedBooks | null;
  /** Origins whose pages may use the API from a browser. */
  apiOrigins: string[];
}

/** What is true of a token's session now, whatever the token says. */
export type SessionState = Pick<Identity, 'mustEnrol'> & Pick<Identity['actor'], 'email' | 'role'>;

export interface VisitorMemory {
  /** By the hash of a cookie. */
  sessions: TimedMap<Identity | null>;
  /** By company and session (`tokenSessionKey`), for those who come with a token. */
  tokenSessions: TimedMap<SessionState | null>;
  apiKeys: TimedMap<ResolvedKey | null>;
  /** Keys whose use was noted within the last minute. */
  usedKeys: TimedMap<true>;
  sealedEndpoints: TimedMap<SealedEndpoint | null>;
  /** With the secret opened: in memory only. */
  endpoints: TimedMap<{ sealed: SealedEndpoint; secret: string }>;
  /** By write key. */
  eventSources: TimedMap<PublicSource | null>;
  facts: TimedMap<CompanyFacts | null>;
  slugs: TimedMap<string | null>;
  /** What servers of identities say of themselves, by issuer. */
  identityServers: ProviderAccess['servers'];
  /** Addresses that sent too many unknown credentials: nothing of theirs is looked up until this is forgotten. */
  guessers: TimedMap<true>;
}

export function newVisitorMemory(): VisitorMemory {
  return {
    sessions: new TimedMap(), tokenSessions: new TimedMap(), apiKeys: new TimedMap(), usedKeys: new TimedMap(), sealedEndpoints: new TimedMap(), endpoints: new TimedMap(),
    eventSources: new TimedMap(), facts: new TimedMap(), slugs: new TimedMap(), identityServers: new TimedMap(), guessers: new TimedMap(),
  };
}
