/** What every API handler finds on its request, by Hono's variables. */
import type { Caller } from '#worker/context/caller';
import type { Edge } from '#worker/context/edge';
import type { TenantContext } from '#worker/ports';

export interface ApiEnv {
  Variables: {
    edge: Edge;
    /** Null when nobody has said who they are. */
    caller: Caller | null;
    /** Set by the route's guard; reading it on a public route is our defect. */
    ctx: TenantContext;
    /** Lets the page of a known origin read the answer, also a refusal. */
    cors: Record<string, string> | undefined;
  };
}
