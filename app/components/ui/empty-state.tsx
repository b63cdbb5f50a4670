/** What stands where there is nothing yet: one sentence, one action, one link to learn. */
import type { ReactNode } from 'react';

export function EmptyState({ title, children, action, learn }: { title: string; children?: ReactNode; action?: ReactNode; learn?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <p className="text-16 font-strong">{title}</p>
      {children !== undefined && <p className="max-w-md text-14 text-muted text-pretty">{children}</p>}
      {action !== undefined && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
      {learn !== undefined && <p className="text-13 text-muted">{learn}</p>}
    </div>
  );
}
