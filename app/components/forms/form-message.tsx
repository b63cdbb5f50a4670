/** What was said of a form that was sent; nothing while nothing was. */
import { Notice } from '../ui/notice.tsx';
import type { FormResult } from './form-result.ts';

/** A refusal is read out at once, good news when there is time. */
export function FormMessage({ result }: { result: Pick<FormResult, 'ok' | 'message'> | undefined }) {
  if (result?.message == null) return null;
  return <Notice tone={result.ok ? 'good' : 'bad'} role={result.ok ? 'status' : 'alert'}>{result.message}</Notice>;
}
