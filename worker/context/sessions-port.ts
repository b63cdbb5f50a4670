/** Tells everybody who believes in a session that it is over. */
import { sessionEndedKey, tokenSessionKey } from '#operations/sessions';
import type { Visitor } from '#operations/visitor';
import type { InboxPort, SessionsPort } from '#worker/ports';

/** A little longer than any access token lives. */
const REMEMBERED_SECONDS = 20 * 60;

export function sessionsPort(companyId: string, reach: { inbox: Pick<InboxPort, 'remember'>; disconnect(sessionId: string): Promise<void>; memory: Visitor['memory'] }): SessionsPort {
  const forget = (sessionIds: string[]): void => {
    // By session one cannot find a cookie's hash; the other cookies of this isolate are looked up once more.
    if (sessionIds.length > 0) reach.memory.sessions.clear();
    for (const id of sessionIds) reach.memory.tokenSessions.delete(tokenSessionKey(companyId, id));
  };
  return {
    changed: forget,
    async ended(sessionIds) {
      forget(sessionIds);
      await Promise.all(sessionIds.flatMap((id) => [
        reach.inbox.remember({ kind: 'api', companyId }, sessionEndedKey(id), '1', REMEMBERED_SECONDS),
        reach.disconnect(id),
      ]));
    },
  };
}
