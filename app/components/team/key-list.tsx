/** API keys: what each may do, when it was last used and when it ends. */
import type { ApiKeyView } from '#operations/api-keys';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { roleWords } from './roles.tsx';

export function KeyList({ keys, now }: { keys: ApiKeyView[]; now: string }) {
  const { time, date, count } = useFormats();
  if (keys.length === 0) return <Card><EmptyState title="No keys yet">A program signs in with a key. Make the first one above.</EmptyState></Card>;
  const state = (key: ApiKeyView): string => {
    if (key.revokedAt !== null) return `Revoked ${date(key.revokedAt)}`;
    if (key.expiresAt === null) return 'Until it is revoked';
    return key.expiresAt < now ? `Ended ${date(key.expiresAt)}` : `Until ${date(key.expiresAt)}`;
  };
  return (
    <Card flush title="Keys" note="A key is shown once, when it is made; we keep only its fingerprint.">
      <ul className="border-t border-line">
        {keys.map((key) => {
          const over = key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt < now);
          return (
            <li key={key.id} className={`grid items-center gap-x-4 gap-y-1 border-b border-line px-5 py-3 last:border-b-0 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] ${over ? 'text-muted' : ''}`}>
              <div className="min-w-0">
                <p className="truncate text-14 font-strong">{key.name}</p>
                <p className="truncate font-mono text-12 text-muted">…{key.prefix.slice(-8)}</p>
              </div>
              <div className="figures min-w-0 text-13">
                <p>{roleWords(key.role)}{key.scopes !== null && `, held to ${count(key.scopes.length)} ${key.scopes.length === 1 ? 'permission' : 'permissions'}`}{key.perMinute !== null && `, ${count(key.perMinute)} requests a minute`}</p>
                <p className="text-muted">{state(key)} · {key.lastUsedAt === null ? 'never used' : `last used ${time(key.lastUsedAt)}`}</p>
              </div>
              {over ? <span /> : <Revoke apiKey={key} />}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Revoke({ apiKey }: { apiKey: ApiKeyView }) {
  return (
    <ConfirmDialog trigger="Revoke" label={`Revoke ${apiKey.name}`} title={`Revoke ${apiKey.name}?`} keep="Keep it" confirm="Revoke" intent="revoke" id={apiKey.id}>
      Programs that use it are refused within a minute, for good. What they sent stays.
    </ConfirmDialog>
  );
}
