/** Plain words for the ten groups of the recency × frequency grid, best first. */
import type { RfmSegment } from '#core/rfm/segments';

interface Group {
  name: string;
  /** Who they are. */
  meaning: string;
}

const GROUPS = {
  champions: { name: 'Champions', meaning: 'Bought very lately and very often' },
  loyal: { name: 'Loyal', meaning: 'Buy often, and not long ago' },
  potential_loyalist: { name: 'Potential loyalists', meaning: 'Bought lately, a few times' },
  new: { name: 'New', meaning: 'Bought for the first time, very lately' },
  promising: { name: 'Promising', meaning: 'Bought once, not long ago' },
  need_attention: { name: 'Need attention', meaning: 'In the middle of everything, about to slip' },
  about_to_sleep: { name: 'About to sleep', meaning: 'Bought seldom, and it is getting long' },
  cant_lose: { name: 'Can’t lose', meaning: 'Bought very often, and have stopped' },
  at_risk: { name: 'At risk', meaning: 'Bought often enough, long ago' },
  hibernating: { name: 'Hibernating', meaning: 'Bought seldom, long ago' },
} as const satisfies Record<RfmSegment, Group>;

const isGroup = (text: string): text is RfmSegment => Object.hasOwn(GROUPS, text);

/** Best first. */
export const RFM_GROUPS: readonly RfmSegment[] = Object.keys(GROUPS).filter(isGroup);

export function rfmGroupOf(text: string | null | undefined): RfmSegment | null {
  return text != null && isGroup(text) ? text : null;
}

export const rfmGroupName = (group: RfmSegment): string => GROUPS[group].name;
export const rfmGroupMeaning = (group: RfmSegment): string => GROUPS[group].meaning;
