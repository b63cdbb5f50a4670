/** Segments as people and programs see them. */
import type { Filter } from '#core/segments/filter';
import type { SegmentRow, SegmentStatus } from '#data/segments';

export type { SegmentChangeRow, SegmentMemberRow, StandingRow } from '#data/segment-reads';

export interface SegmentView {
  id: string;
  name: string;
  description: string;
  /** `cluster`: whoever is nearest to the centre of a group that was found, and matches the filter. */
  kind: 'rule' | 'cluster';
  filter: Filter;
  status: SegmentStatus;
  /** `made`, `template:<id>` or `discovery`. */
  origin: string;
  members: number;
  /** False while the members of a new definition are still being found. */
  isEvaluated: boolean;
  evaluatedAt: string | null;
  createdAt: string;
  createdBy: string | null;
  updatedAt: string;
  updatedBy: string | null;
}

/** What of it is the row's own. */
export function rowView({ id, name, description, status, origin, members, version, evaluatedVersion, evaluatedAt, createdAt, createdBy, updatedAt, updatedBy }: SegmentRow): Omit<SegmentView, 'kind' | 'filter'> {
  return { id, name, description, status, origin, members, isEvaluated: evaluatedVersion === version, evaluatedAt, createdAt, createdBy, updatedAt, updatedBy };
}
