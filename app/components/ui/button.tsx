/** The product's buttons, and links that look like them. */
import { Link } from '@remix-run/react';
import type { ButtonHTMLAttributes, ReactNode } from 'react';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-edge/50 bg-surface text-ink hover:bg-sunken',
  quiet: 'text-muted hover:bg-sunken hover:text-ink',
  danger: 'border border-negative/50 bg-surface text-negative hover:bg-negative-soft',
};

export function buttonClass(look: ButtonLook = 'plain', small = false): string {
  const size = small ? 'h-8 px-2.5 text-13' : 'h-9 px-3.5 text-14';
  return `inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-strong whitespace-nowrap transition-colors disabled:opacity-60 ${size} ${LOOKS[look]}`;
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
  small?: boolean;
}

export function Button({ look = 'plain', small = false, type = 'button', className = '', ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonClass(look, small)} ${className}`} {...rest} />;
}

export function ButtonLink({ to, look = 'plain', small = false, children }: { to: string; look?: ButtonLook; small?: boolean; children: ReactNode }) {
  return <Link to={to} className={buttonClass(look, small)}>{children}</Link>;
}
