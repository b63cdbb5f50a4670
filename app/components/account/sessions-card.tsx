/** Where one is signed in, and the way to end each session or all others. */
import { Form } from '@remix-run/react';
import { Monitor, Terminal } from 'lucide-react';
import type { listOwnSessions } from '#operations/sessions';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { ResultNotice } from './account-form.tsx';
import type { AccountResult } from './account-result.ts';
import { deviceName } from './device-name.ts';

type Session = Awaited<ReturnType<typeof listOwnSessions>>[number];

export function SessionsCard({ sessions, result }: { sessions: Session[]; result: AccountResult | undefined }) {
  const own = result?.card === 'sessions' ? result : undefined;
  return (
    <Card
      flush
      title="Where you are signed in"
      note="A session that is ended here stops within seconds."
      actions={sessions.length > 1 ? <Form method="post" preventScrollReset><Button type="submit" small name="intent" value="end-others">End all others</Button></Form> : undefined}
    >
      {own !== undefined && <div className="px-5"><ResultNotice result={own} /></div>}
      <ul className="border-t border-line">
        {sessions.map((session) => <SessionRow key={session.id} session={session} />)}
      </ul>
    </Card>
  );
}

function SessionRow({ session }: { session: Session }) {
  const { time } = useFormats();
  const Icon = session.kind === 'cookie' ? Monitor : Terminal;
  const name = deviceName(session.userAgent);
  return (
    <li className="flex items-center gap-3 border-b border-line px-5 py-3 last:border-b-0">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="truncate text-14">{name}{session.kind === 'refresh' && <span className="text-muted"> · program</span>}</p>
        <p className="figures text-13 text-muted">{session.place !== null && `${session.place} · `}last used {time(session.lastSeenAt)}</p>
      </div>
      {session.isCurrent ? <span className="shrink-0 text-13 text-muted">This one</span> : (
        <Form method="post" preventScrollReset>
          <input type="hidden" name="session" value={session.id} />
          <Button type="submit" small name="intent" value="end-session" aria-label={`End the session of ${name}, last used ${time(session.lastSeenAt)}`}>End</Button>
        </Form>
      )}
    </li>
  );
}
