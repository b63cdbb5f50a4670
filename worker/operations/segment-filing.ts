/** Folders and tags of segments, as they may be written and as they are kept. */
import { z } from 'zod';
import { MOST_FOLDER, MOST_TAG, MOST_TAGS, spelledAs } from '#core/segments/filing';
import type { SegmentRow } from '#data/segments';

const folder = z.string().trim().min(1, 'Write the name of a folder, or send null for none').max(MOST_FOLDER, `A folder has at most ${String(MOST_FOLDER)} characters`).nullable();
const tag = z.string().trim().min(1, 'Write a tag').max(MOST_TAG, `A tag has at most ${String(MOST_TAG)} characters`).regex(/^[^,]*$/, 'A tag has no comma: send several tags instead');

/** Fields of a segment that is made or changed. */
export const filingFields = { folder: folder.optional(), tags: z.array(tag).max(MOST_TAGS, `At most ${String(MOST_TAGS)} tags`).optional() };

/** As other segments spell it. */
export function filedAmong(others: readonly SegmentRow[], { folder: wanted, tags }: Pick<SegmentRow, 'folder' | 'tags'>): Pick<SegmentRow, 'folder' | 'tags'> {
  const [spelled = null] = wanted === null ? [] : spelledAs(others.flatMap((one) => one.folder ?? []), [wanted]);
  return { folder: spelled, tags: spelledAs(others.flatMap((one) => one.tags), tags) };
}
