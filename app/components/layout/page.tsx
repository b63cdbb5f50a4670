/** The column a page's content stands in, with its heading. */
import type { ReactNode } from 'react';

interface PageProps {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Tables may use the whole width. */
  wide?: boolean;
  children: ReactNode;
}

export function Page({ title, lead, actions, wide = false, children }: PageProps) {
  return (
    <div className={`mx-auto flex w-full flex-col gap-5 px-4 py-5 md:gap-6 md:px-6 md:py-6 xl:px-8 ${wide ? '' : 'max-w-[1280px]'}`}>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-strong text-balance">{title}</h1>
          {lead !== undefined && <p className="mt-0.5 max-w-3xl text-14 text-muted text-pretty">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}
