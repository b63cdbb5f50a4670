/** Who did what, newest first: a row opens to everything that is known of it. */
import { useFormats } from '../../format/use-formats.tsx';
import type { AuditEntryView } from '#operations/audit';

export function whoWords({ actorKind, actorName }: Pick<AuditEntryView, 'actorKind' | 'actorName'>): string {
  switch (actorKind) {
    case 'user': return actorName ?? 'A member';
    case 'api_key': return `API key “${actorName ?? ''}”`;
    case 'operator': return 'Whoever runs this machine';
    case 'visitor': return 'Somebody not signed in';
  }
}

export function AuditTable({ rows }: { rows: AuditEntryView[] }) {
  return (
    <ul className="border-t border-line" aria-label="Entries, newest first">
      {rows.map((row) => <Entry key={row.id} row={row} />)}
    </ul>
  );
}

function Entry({ row }: { row: AuditEntryView }) {
  const { time, count } = useFormats();
  const target = row.targetName ?? row.targetId;
  const facts: [string, string | null][] = [
    ['Action', row.action], [row.targetKind === null ? 'On' : `On (${row.targetKind.replaceAll('_', ' ')})`, row.targetId === null ? row.targetName : row.targetId],
    ['Details', Object.keys(row.detail).length === 0 ? null : JSON.stringify(row.detail)],
    ['From', row.address], ['With', row.userAgent], ['Session', row.sessionId], ['Request', row.requestId],
    ['Entry', row.id], ['Place in the chain', row.sealedAs === null ? 'Sealed within minutes' : count(row.sealedAs)],
  ];
  return (
    <li className="border-b border-line last:border-b-0">
      <details>
        <summary className="grid min-h-12 cursor-pointer items-center gap-x-4 px-5 py-2 hover:bg-sunken md:grid-cols-[11rem_minmax(0,1fr)_minmax(0,1fr)]">
          <span className="figures text-13 text-muted">{time(row.at)}</span>
          <span className="min-w-0 truncate text-14">{row.words}{target !== null && <span className="text-muted"> · {row.targetName ?? ''}</span>}</span>
          <span className="min-w-0 truncate text-13 text-muted md:text-right">{whoWords(row)}</span>
        </summary>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-5 pb-4 text-13">
          {facts.flatMap(([name, value]) => (value === null ? [] : [
            <dt key={`${name}-name`} className="text-muted">{name}</dt>,
            <dd key={name} className="figures break-all">{value}</dd>,
          ]))}
        </dl>
      </details>
    </li>
  );
}
