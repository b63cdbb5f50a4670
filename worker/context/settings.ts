/** The configuration, read once at the door: what is missing or malformed is named, not discovered later. */
import { z } from 'zod';
import { identityProviders } from '#connectors/identity/registry';
import { AppError } from '#core/errors';
import type { SignInClient } from '#operations/visitor';
import type { NamedKey } from './named-keys.ts';
import { decodeBase64, parseNamedKeys } from './named-keys.ts';

const base64Bytes = z.string().transform((text, context) => {
  const bytes = decodeBase64(text);
  if (bytes === null) {
    context.addIssue({ code: 'custom', message: 'is not base64' });
    return z.NEVER;
  }
  return bytes;
});
const secret = base64Bytes.refine((bytes) => bytes.length >= 32, 'needs at least 32 bytes, base64');

const namedKeys = z.string().transform((text, context) => {
  const keys = parseNamedKeys(text);
  if (keys === null) {
    context.addIssue({ code: 'custom', message: 'is not a list of keyId:base64(32 bytes), each keyId once' });
    return z.NEVER;
  }
  return keys;
});

/** `{ "https://fernway.myshopify.com": "http://127.0.0.1:1234" }`: which local server stands in for which public origin. */
const platformOrigins = z.string().transform((text, context) => {
  try {
    const pairs = z.record(z.url(), z.url()).parse(JSON.parse(text));
    return new Map(Object.entries(pairs).map(([from, to]) => [new URL(from).origin, new URL(to).origin]));
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a JSON object of origins' });
    return z.NEVER;
  }
});

const schema = z.object({
  APP_ENV: z.enum(['production', 'local', 'test']),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'is not a postgres:// address'),
  NEON_ENDPOINT: z.string().optional(),
  AUTH_SECRET: secret,
  IDENTITY_SECRET: secret,
  CREDENTIAL_KEYS: namedKeys,
  TOKEN_KEYS: namedKeys,
  PUBLIC_ORIGIN: z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin).optional(),
  MAIL_FROM: z.email().optional(),
  OPERATOR_TOKEN: z.string().min(24).optional(),
  FAULT_RATE: z.coerce.number().min(0).max(1).optional(),
  PLATFORM_ORIGINS: platformOrigins.optional(),
  API_PER_MINUTE: z.coerce.number().int().positive().optional(),
  AUTH_PER_MINUTE: z.coerce.number().int().positive().optional(),
  COUNT_REQUESTS: z.enum(['yes', 'no']).optional(),
});

const text = z.string().trim().optional();
/** Two for each provider of identities. */
export const SIGN_IN_VARIABLES: readonly string[] = identityProviders.flatMap(({ id }) => variablesOf(id));
const signInVariables = z.object(Object.fromEntries(SIGN_IN_VARIABLES.map((name) => [name, text])));

function variablesOf(provider: string): [id: string, secret: string] {
  return [`${provider.toUpperCase()}_CLIENT_ID`, `${provider.toUpperCase()}_CLIENT_SECRET`];
}

export interface Settings {
  appEnv: 'production' | 'local' | 'test';
  databaseUrl: string;
  neonEndpoint: string | null;
  authSecret: Uint8Array<ArrayBuffer>;
  identitySecret: Uint8Array<ArrayBuffer>;
  /** The first encrypts; all decrypt. */
  credentialKeys: NamedKey[];
  /** Ed25519, 32 bytes each. The first signs access tokens; all check them. */
  tokenKeys: NamedKey[];
  /** What links in mails begin with; null = the address the request came to. */
  publicOrigin: string | null;
  /** Sender of our mails. */
  mailFrom: string;
  /** Null in production, whatever is set. */
  operatorToken: string | null;
  /** 0 in production, whatever is set. */
  faultRate: number;
  /** Public origin to the local one that answers for it; empty in production, whatever is set. */
  platformOrigins: ReadonlyMap<string, string>;
  /** Overrides every limit per caller; null = defaults. */
  apiPerMinute: number | null;
  authPerMinute: number | null;
  /** Providers of identities that are set up, by id. */
  signInClients: ReadonlyMap<string, SignInClient>;
  /** Whether requests are counted; always in production. Without it, a bench sees what counting costs. */
  countRequests: boolean;
}

/** @throws AppError `unavailable` naming every variable that is missing or malformed, never their values. */
export function readSettings(env: unknown): Settings {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code === 'invalid_type' ? 'is missing' : issue.message}`);
    throw new AppError('unavailable', `The service is not configured: ${wrong.join('; ')}`);
  }
  const found = parsed.data;
  const guarded = found.APP_ENV === 'production';
  return {
    appEnv: found.APP_ENV,
    databaseUrl: found.DATABASE_URL,
    neonEndpoint: found.NEON_ENDPOINT === undefined || found.NEON_ENDPOINT === '' ? null : found.NEON_ENDPOINT,
    authSecret: found.AUTH_SECRET,
    identitySecret: found.IDENTITY_SECRET,
    credentialKeys: found.CREDENTIAL_KEYS,
    tokenKeys: found.TOKEN_KEYS,
    publicOrigin: found.PUBLIC_ORIGIN ?? null,
    mailFrom: found.MAIL_FROM ?? 'no-reply@perennial.example',
    operatorToken: guarded ? null : (found.OPERATOR_TOKEN ?? null),
    faultRate: guarded ? 0 : (found.FAULT_RATE ?? 0),
    platformOrigins: guarded ? new Map() : (found.PLATFORM_ORIGINS ?? new Map()),
    apiPerMinute: found.API_PER_MINUTE ?? null,
    authPerMinute: guarded ? null : (found.AUTH_PER_MINUTE ?? null),
    signInClients: readSignInClients(env),
    countRequests: guarded || found.COUNT_REQUESTS !== 'no',
  };
}

function readSignInClients(env: unknown): Map<string, SignInClient> {
  const found = signInVariables.parse(env);
  return new Map(identityProviders.flatMap(({ id }): [string, SignInClient][] => {
    const [idName, secretName] = variablesOf(id);
    const clientId = found[idName] ?? '';
    const clientSecret = found[secretName] ?? '';
    if (clientId === '' && clientSecret === '') return [];
    if (clientId === '' || clientSecret === '') throw new AppError('unavailable', `The service is not configured: ${clientId === '' ? idName : secretName} is missing beside its other half`);
    return [[id, { clientId, clientSecret }]];
  }));
}
