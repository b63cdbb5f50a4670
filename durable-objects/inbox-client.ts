/** The inbox as operations and doors know it: a namespace binding becomes the port. */
import { AppError } from '#core/errors';
import type { InboxOwner, InboxPort } from '#worker/ports';
import { INBOX_BODY_BYTES } from '#worker/ports';
import type { Inbox } from './inbox.ts';
import { inboxName } from './inbox-owner.ts';
import { reach } from './reach.ts';

/**
 * @throws AppError `unavailable` from every method when the object cannot be reached; from `append` also when the inbox
 * is full, and `too_large` when a body is over 1.9 MB
 */
export function inboxPort(namespace: DurableObjectNamespace<Inbox>): InboxPort {
  const at = (owner: InboxOwner) => namespace.getByName(inboxName(owner));
  return {
    async append(owner, deliveries) {
      const result = await reach(async () => await at(owner).append(owner, deliveries));
      if (result === 'too_large') throw new AppError('too_large', `A delivery may hold ${INBOX_BODY_BYTES} bytes.`);
      if (result === 'full') throw new AppError('unavailable', 'Too much is waiting to be processed; send it again later.', { retryAfterSeconds: 60 });
    },
    pull: (owner, limits) => reach(async () => await at(owner).pull(owner, limits)),
    finish: (owner, leaseId, outcomes) => reach(async () => await at(owner).finish(owner, leaseId, outcomes)),
    release: (owner, leaseId, delaySeconds) => reach(async () => { await at(owner).release(owner, leaseId, delaySeconds); }),
    waitingBodies: (owner) => reach(async () => await at(owner).bodyKeys()),
    recent: (owner, limit) => reach(async () => await at(owner).recent(limit)),
    stats: (owner) => reach(async () => await at(owner).stats()),
    trace: (owner, deliveryId) => reach(async () => await at(owner).traceOf(deliveryId)),
    remember: (owner, key, value, ttlSeconds) => inboxCache(namespace, inboxName(owner)).remember(key, value, ttlSeconds),
    recall: (owner, key) => inboxCache(namespace, inboxName(owner)).recall(key),
    forget: (owner, key) => inboxCache(namespace, inboxName(owner)).forget(key),
  };
}

/** A small cache beside the deliveries. Values are sealed or hashed by the caller. */
export interface InboxCache {
  remember(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Null when unknown or past its time. */
  recall(key: string): Promise<string | null>;
  forget(key: string): Promise<void>;
}

/** @param name of the inbox: `integration:{id}` or `api:{companyId}`, as `inboxName` makes it; the owner need not be known yet */
export function inboxCache(namespace: DurableObjectNamespace<Inbox>, name: string): InboxCache {
  const at = () => namespace.getByName(name);
  return {
    remember: (key, value, ttlSeconds) => reach(async () => { await at().remember(key, value, ttlSeconds); }),
    recall: (key) => reach(async () => await at().recall(key)),
    forget: (key) => reach(async () => { await at().forget(key); }),
  };
}
