/** Hands the tenant's live object what it has not seen; whoever comes second finds nothing left to do. */
import type { CustomerChange } from '#core/live/messages';
import type { Feed, Position } from '#core/live/feed';
import { readFeed } from '#data/feed';
import type { TenantContext } from '#worker/ports';

/** Past this many changed customers a list of them helps nobody: open pages get the new totals alone. */
const MOST_CHANGES = 100;
/** Pages of one call; a longer way is finished by the next bell. */
const MOST_PAGES = 2000;

/** The customers of a small feed, as open pages want to hear of them. */
function changesIn(feed: Feed): CustomerChange[] {
  if (feed.customers.length > MOST_CHANGES) return [];
  return feed.customers.map((c) => ({
    id: c.id, name: c.name, historicalValue: c.historicalValue, predictedValue: c.predictedValue,
    recencyScore: c.recencyScore, frequencyScore: c.frequencyScore, monetaryScore: c.monetaryScore, stage: c.stage, orders: c.orders,
  }));
}

export async function applyFeed(ctx: TenantContext, feed: Feed): Promise<Position> {
  return ctx.live.apply(feed, changesIn(feed));
}

/** Feeds until the object stands where Postgres stands, or for so many pages: then a job does the rest. */
export async function feedLive(ctx: TenantContext, pages = MOST_PAGES): Promise<Position> {
  let position = await ctx.live.position();
  for (let page = 0; page < pages; page++) {
    const feed = await readFeed(ctx.db, position);
    // Postgres was put back to an earlier state.
    if (feed.to.epoch < position.epoch || (feed.to.epoch === position.epoch && feed.to.seq < position.seq)) {
      await ctx.live.reset();
      position = await ctx.live.position();
      continue;
    }
    // Also when nothing is new: it tells the object that it is complete, and of another time zone or analysis date.
    ctx.failpoints.reach('before-apply');
    position = await applyFeed(ctx, feed);
    ctx.failpoints.reach('after-apply');
    if (feed.complete && samePosition(position, feed.to)) return position;
  }
  await ctx.jobs.enqueue({ type: 'feed', companyId: ctx.companyId });
  return position;
}

function samePosition(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
