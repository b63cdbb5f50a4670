/** Who made a segment and what was changed of it since; entry by entry for whoever may read the audit log. */
import { Link } from '@remix-run/react';
import type { AuditEntryView } from '#operations/audit';
import type { SegmentView } from '#operations/segment-views';
import { useFormats } from '../../format/use-formats.tsx';
import { whoWords } from '../team/audit-table.tsx';
import { Card } from '../ui/card.tsx';

export type ListedDeed = Pick<AuditEntryView, 'id' | 'at' | 'action' | 'words' | 'actorKind' | 'actorName' | 'detail'>;

interface DeedsCardProps {
  segment: Pick<SegmentView, 'id' | 'createdAt' | 'createdBy' | 'updatedAt' | 'updatedBy'>;
  /** Newest first; null for who may not read the audit log. */
  deeds: readonly ListedDeed[] | null;
}

export function DeedsCard({ segment, deeds }: DeedsCardProps) {
  const { time } = useFormats();
  const by = (who: string | null): string => (who === null ? '' : ` by ${who}`);
  return (
    <Card title="Who changed what" note={`Made on ${time(segment.createdAt)}${by(segment.createdBy)}`}>
      {deeds === null || deeds.length === 0 ? (
        <p className="figures text-13 text-muted">{segment.updatedAt === segment.createdAt ? 'Not changed since.' : `Changed last on ${time(segment.updatedAt)}${by(segment.updatedBy)}.`}</p>
      ) : (
        <>
          <ol className="flex flex-col">
            {deeds.map((one) => (
              <li key={one.id} className="border-t border-line py-2 first:border-t-0 first:pt-0">
                <p className="wrap-anywhere">{deedWords(one)}</p>
                <p className="figures text-12 wrap-anywhere text-muted">{time(one.at)} · {whoWords(one)}</p>
              </li>
            ))}
          </ol>
          <p className="mt-1 text-13"><Link to={`/audit?target=${segment.id}`} className="underline underline-offset-2">All of it in the audit log</Link></p>
        </>
      )}
    </Card>
  );
}

function deedWords({ action, words, detail }: ListedDeed): string {
  switch (action) {
    case 'segment.created': return 'Made';
    case 'segment.archived': return 'Archived';
    case 'segment.restored': return 'Brought back';
    case 'segment.list_changed': return listWords(detail);
    case 'segment.changed': {
      const parts = changeWords(detail);
      return parts.length === 0 ? 'Changed' : parts.join('; ').replace(/^./u, (letter) => letter.toUpperCase());
    }
    default: return words;
  }
}

function listWords({ added, removed }: Record<string, unknown>): string {
  const people = (n: unknown): string => (n === 1 ? '1 person' : `${String(n)} people`);
  return added === undefined ? `${people(removed)} taken off the list` : `${people(added)} put on the list`;
}

function changeWords({ name, description, definition, status, folder, tags }: Record<string, unknown>): string[] {
  return [
    ...(typeof name === 'string' ? [`named “${name}”`] : []),
    ...(description === true ? ['said otherwise what it is for'] : []),
    ...(definition === true ? ['changed who is in'] : []),
    ...(status === 'paused' ? ['paused'] : status === 'live' ? ['made live'] : []),
    ...(typeof folder === 'string' ? [`moved to ${folder}`] : folder === null ? ['taken out of its folder'] : []),
    ...(Array.isArray(tags) ? [tags.length === 0 ? 'its tags taken off' : `tagged ${tags.join(', ')}`] : []),
  ];
}
