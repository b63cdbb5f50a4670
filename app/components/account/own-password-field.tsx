/** Asks for the password once more; of those who have none, a fresh sign-in is wanted instead. */
import { TextField } from '../forms/field.tsx';

interface OwnPasswordFieldProps {
  hasPassword: boolean;
  error?: string | undefined;
  help?: string;
  label?: string;
  name?: string;
}

export function OwnPasswordField({ hasPassword, error, help, label = 'Your password', name = 'password' }: OwnPasswordFieldProps) {
  if (hasPassword) return <TextField label={label} name={name} type="password" autoComplete="current-password" error={error} help={help} />;
  return (
    <p className={`text-13 ${error === undefined ? 'text-muted' : 'text-negative'}`} role={error === undefined ? undefined : 'alert'}>
      {error ?? `You have no password here, so this takes a sign-in of the last ten minutes.${help === undefined ? '' : ` ${help}`}`}
    </p>
  );
}
