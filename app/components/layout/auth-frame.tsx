/** The quiet page around signing in and registering. */
import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

export function AuthFrame({ title, lead, children, below }: { title: string; lead: string; children: ReactNode; below: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center">
      <div className="w-full max-w-sm">
        <p className="mb-8 flex items-center gap-2.5 text-16 font-strong"><Mark className="size-7" />Perennial</p>
        <h1 className="text-28 font-strong text-balance">{title}</h1>
        <p className="mt-2 text-muted text-pretty">{lead}</p>
        <div className="mt-7">{children}</div>
        <div className="mt-7 text-13 text-muted">{below}</div>
      </div>
    </main>
  );
}
