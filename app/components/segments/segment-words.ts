/** A stored filter in words, with the company's formats and the names of its segments. */
import type { Formats } from '../../format/formats.ts';
import { Keys, openFilter } from './draft.ts';
import { filterWords } from './filter-words.ts';
import type { KnownSegment } from './language-context.tsx';

export function storedWords(filter: unknown, segments: readonly KnownSegment[], formats: Formats): string {
  const words = filterWords(openFilter(filter, new Keys()), { formats, segmentName: (id) => segments.find((one) => one.id === id)?.name ?? null });
  return words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
