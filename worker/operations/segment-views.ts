/** Segments as people and programs see them. */
import type { Filter } from '#core/segments/filter';
import type { SegmentRow, SegmentStatus } from '#data/segments';

export type { SegmentChangeRow, SegmentMemberRow, StandingRow } from '#data/segment-reads';

/** One centre that members of a `cluster` are nearest to. */
export interface NearestCentre {
  /** Centres there are, this one with them. */
  groups: number;
  /** Where it lies, by feature; money in whole units. */
  centre: { feature: string; value: number }[];
}

export interface SegmentView {
  id: string;
  name: string;
  description: string;
  /** `cluster`: whoever is nearest to the centre of a group that was found, and matches the filter. */
  kind: 'rule' | 'cluster';
  filter: Filter;
  /** Kind `cluster`: the centres, from the outermost group in; null for a rule. */
  nearest: NearestCentre[] | null;
  status: SegmentStatus;
  /** `made`, `template:<id>` or `discovery`. */
  origin: string;
  /** Null: in none. */
  folder: string | null;
  tags: string[];
  members: number;
  /** False while the members of a new definition are still being found. */
  isEvaluated: boolean;
  evaluatedAt: string | null;
  createdAt: string;
  createdBy: string | null;
  updatedAt: string;
  updatedBy: string | null;
}

/** Said of what a filter refers to. */
export const noSegment = (id: string): string => `There is no segment ${id} (any more): choose another`;
export const noList = (name: string): string => `No list was uploaded as ${name}: choose a segment that was made of one`;

/** What of it is the row's own. */
export function rowView({ id, name, description, status, origin, folder, tags, members, version, evaluatedVersion, evaluatedAt, createdAt, createdBy, updatedAt, updatedBy }: SegmentRow): Omit<SegmentView, 'kind' | 'filter' | 'nearest'> {
  return { id, name, description, status, origin, folder, tags, members, isEvaluated: evaluatedVersion === version, evaluatedAt, createdAt, createdBy, updatedAt, updatedBy };
}
