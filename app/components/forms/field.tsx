/** Label above, control, help below; an error stands in place of the help. */
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';

const CONTROL =
  'h-10 w-full rounded-control border border-edge bg-surface px-3 text-14 text-ink transition-colors hover:border-ink/60 aria-invalid:border-negative';

interface FieldShellProps {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ReactNode;
}

export function FieldShell({ label, help, error, children }: FieldShellProps) {
  const id = useId();
  const below = `${id}-below`;
  const hasBelow = error !== undefined || help !== undefined;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-13 font-strong">{label}</label>
      {children({ id, 'aria-describedby': hasBelow ? below : undefined, 'aria-invalid': error === undefined ? undefined : true })}
      {hasBelow && (
        <p id={below} className={`text-13 ${error === undefined ? 'text-muted' : 'text-negative'}`}>{error ?? help}</p>
      )}
    </div>
  );
}

interface Described {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
}

export function TextField({ label, help, error, className = '', ...input }: Described & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <FieldShell label={label} help={help} error={error}>
      {(ids) => <input {...ids} {...input} className={`${CONTROL} ${className}`} />}
    </FieldShell>
  );
}

export function SelectField({ label, help, error, children, ...select }: Described & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <FieldShell label={label} help={help} error={error}>
      {(ids) => <select {...ids} {...select} className={`${CONTROL} pr-8`}>{children}</select>}
    </FieldShell>
  );
}

export function CheckField({ label, help, ...input }: Described & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="flex gap-3">
      <input id={id} type="checkbox" aria-describedby={help === undefined ? undefined : `${id}-help`} {...input} className="mt-0.5 size-4.5 shrink-0 accent-accent" />
      <div>
        <label htmlFor={id} className="text-13 font-strong">{label}</label>
        {help !== undefined && <p id={`${id}-help`} className="text-13 text-muted">{help}</p>}
      </div>
    </div>
  );
}
