/** Addresses that platforms deliver to: whose each one is, and the secret that signs for it. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { findIntegration } from '#data/integrations';
import type { InboxOwner, InboxPort } from '#worker/ports';
import { lookUp } from './isolate-memory.ts';
import { openSecret } from './platform-access.ts';
import type { SealedEndpoint, Visitor } from './visitor.ts';

export type EndpointOwner = Extract<InboxOwner, { kind: 'integration' }>;

const MEMORY_SECONDS = 60;
const KEPT_SECONDS = 7 * 86_400;
/** Kept beside the inbox of an integration that has not accepted anything yet. */
const GREETED = { key: 'greeted', seconds: 90 * 86_400 };

const sealedEndpoint = z.object({
  companyId: z.string(), integrationId: z.string(), platform: z.string(), credentials: z.string(), credentialKeyId: z.string(),
});
/** Made once: making a schema costs more than all else that a webhook does here. */
const uuid = z.uuid();
const cacheKey = ({ platform, integrationId }: Pick<EndpointOwner, 'platform' | 'integrationId'>): string => `endpoint:${platform}:${integrationId}`;

/** Whose webhook address this is, and the secret that signs for it; null when there is none. Works without Postgres once seen. */
export async function findEndpoint(visitor: Visitor, platform: string, integrationId: string): Promise<{ owner: EndpointOwner; secret: string } | null> {
  if (!uuid.safeParse(integrationId).success) return null;
  // The object is named by the integration alone, so it can be asked before the company is known.
  const unnamed: EndpointOwner = { kind: 'integration', companyId: '', integrationId, platform };
  const key = cacheKey(unnamed);
  const known = visitor.memory.endpoints.get(key, visitor.clock.now());
  if (known !== undefined) return { owner: endpointOwner(known.sealed), secret: known.secret };

  const sealed = await lookUp<SealedEndpoint>({
    memory: visitor.memory.sealedEndpoints, key, seconds: MEMORY_SECONDS, clock: visitor.clock, log: visitor.log,
    inbox: { port: visitor.inbox, owner: unnamed, shape: sealedEndpoint, seconds: KEPT_SECONDS, first: true, judge: ageOf(visitor.keys) },
    async load() {
      const found = await findIntegration(visitor.database, platform, integrationId);
      return found === null ? null : {
        companyId: found.company_id, integrationId: found.integration_id, platform: found.platform,
        credentials: found.credentials, credentialKeyId: found.credential_key_id,
      };
    },
  });
  if (sealed === null) return null;
  const secret = await openSecret(visitor.keys, sealed);
  visitor.memory.endpoints.set(key, { sealed, secret }, MEMORY_SECONDS, visitor.clock.now());
  return { owner: endpointOwner(sealed), secret };
}

/** A change of keys reaches no inbox: what was sealed before it is read again, so that it is gone before the old key is. */
function ageOf(keys: Visitor['keys']): (kept: SealedEndpoint) => 'good' | 'stale' | 'useless' {
  return ({ credentialKeyId }) => {
    const standing = keys.standing(credentialKeyId);
    switch (standing) {
      case 'newest': return 'good';
      case 'older': return 'stale';
      case 'unknown': return 'useless';
      default: return assertNever(standing);
    }
  };
}

/** What was known of an address holds no longer: it is looked up anew, everywhere within a minute. */
export async function forgetEndpoint(inbox: InboxPort, owner: EndpointOwner): Promise<void> {
  await inbox.forget(owner, cacheKey(owner));
}

/** Remembers that the platform has reached the address. Unsigned, so it proves nothing more and changes nothing else. */
export async function noteGreeting(visitor: Pick<Visitor, 'inbox' | 'clock'>, owner: InboxOwner): Promise<void> {
  if (await greetedAt(visitor.inbox, owner) !== null) return;
  await visitor.inbox.remember(owner, GREETED.key, visitor.clock.now().toISOString(), GREETED.seconds);
}

/** When it first did, while nothing signed has come; null when it has not. */
export async function greetedAt(inbox: InboxPort, owner: InboxOwner): Promise<string | null> {
  return await inbox.recall(owner, GREETED.key);
}

function endpointOwner({ companyId, integrationId, platform }: SealedEndpoint): EndpointOwner {
  return { kind: 'integration', companyId, integrationId, platform };
}
