/** A surface that groups one thought under one heading. */
import { useId, type ReactNode } from 'react';

interface CardProps {
  title?: ReactNode;
  /** One line under the title: the unit, the window, the definition. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Content that reaches the edges, such as a table. */
  flush?: boolean;
  className?: string;
}

export function Card({ title, note, actions, children, flush = false, className = '' }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={title === undefined ? undefined : id} className={`flex min-w-0 flex-col rounded-card border border-line bg-surface ${className}`}>
      {title !== undefined && (
        <div className="flex items-start justify-between gap-x-4 gap-y-2 px-5 max-sm:flex-wrap pt-4 pb-3">
          <div className="min-w-0">
            <h2 id={id} className="text-14 font-strong text-balance wrap-anywhere">{title}</h2>
            {note !== undefined && <p className="text-13 text-muted">{note}</p>}
          </div>
          {actions}
        </div>
      )}
      <div className={flush ? 'min-w-0' : `flex min-w-0 grow flex-col px-5 pb-5 ${title === undefined ? 'pt-5' : ''}`}>{children}</div>
    </section>
  );
}
