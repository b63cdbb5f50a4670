/** Where a segment is filed: a folder and tags, names that people write and that are equal whatever their case. */
import { fold } from './fold.ts';

/** Characters of a folder's name. */
export const MOST_FOLDER = 60;
/** Characters of a tag. */
export const MOST_TAG = 30;
/** Tags of one segment. */
export const MOST_TAGS = 10;

/** Each name once, and as somebody wrote it before: "vip" becomes the "VIP" that is there. */
export function spelledAs(known: Iterable<string>, names: readonly string[]): string[] {
  const spelling = new Map<string, string>();
  for (const one of [...known, ...names]) if (!spelling.has(fold(one))) spelling.set(fold(one), one);
  return [...new Set(names.map((one) => spelling.get(fold(one)) ?? one))];
}

/** Tags out of a line of text, parted by commas; not yet checked. */
export function tagsOfText(text: string): string[] {
  return text.split(',').map((one) => one.trim()).filter((one) => one !== '');
}

/** What is shown of a list of segments. An empty folder asks for those in none. */
export interface FilingFilter {
  folder?: string | undefined;
  tag?: string | undefined;
}

/** Whether something that is filed so is asked for. */
export function isFiledUnder(filed: { folder: string | null; tags: readonly string[] }, { folder, tag }: FilingFilter): boolean {
  return (folder === undefined || fold(filed.folder ?? '') === fold(folder.trim())) && (tag === undefined || filed.tags.some((one) => fold(one) === fold(tag.trim())));
}
