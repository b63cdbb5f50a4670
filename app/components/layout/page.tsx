/** The column a page's content stands in, with its heading. */
import { Link } from '@remix-run/react';
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';

interface PageProps {
  /** The page that this one is reached from, when the navigation does not name it. */
  back?: { to: string; label: string };
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Tables may use the whole width. */
  wide?: boolean;
  children: ReactNode;
}

export function Page({ back, title, lead, actions, wide = false, children }: PageProps) {
  return (
    <div className={`mx-auto flex w-full flex-col gap-5 px-4 py-5 md:gap-6 md:px-6 md:py-6 xl:px-8 ${wide ? '' : 'max-w-[1280px]'}`}>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {back !== undefined && (
            <Link to={back.to} className="mb-1 inline-flex max-w-full items-center gap-1 text-13 text-muted hover:text-ink"><ChevronLeft aria-hidden className="size-3.5 shrink-0" /><span className="truncate">{back.label}</span></Link>
          )}
          <h1 className="text-20 font-strong text-balance wrap-anywhere">{title}</h1>
          {lead !== undefined && <p className="mt-0.5 max-w-3xl text-14 text-muted text-pretty wrap-anywhere">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}
