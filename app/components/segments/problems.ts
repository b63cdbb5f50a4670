/** What the language refuses in a draft, at the nodes where it has to be mended. */
import { filter, type Filter } from '#core/segments/filter';
import { filterOf, pathsOf, type DraftGroup } from './draft.ts';

export interface Checked {
  /** Null while there is something to mend. */
  filter: Filter | null;
  /** By node, then by argument; an empty name stands for the node itself. */
  problems: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export function checkDraft(root: DraftGroup): Checked {
  const parsed = filter.safeParse(filterOf(root));
  if (parsed.success) return { filter: parsed.data, problems: new Map() };
  // The longest first: a condition stands within its groups.
  const paths = [...pathsOf(root)].sort((a, b) => b[1].length - a[1].length);
  const problems = new Map<string, Record<string, string>>();
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String).join('.');
    const [key, base] = paths.find(([, own]) => path === own || path.startsWith(own === '' ? '' : `${own}.`)) ?? [root.key, ''];
    const field = path.slice(base.length).replace(/^\./, '');
    const known = problems.get(key) ?? {};
    known[field] ??= issue.message;
    problems.set(key, known);
  }
  return { filter: null, problems };
}
