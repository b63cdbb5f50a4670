/** What was done, and a button that takes it back. */
import { Form } from '@remix-run/react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

export interface UndoableResult {
  ok: boolean;
  message: string | null;
  errors: Record<string, string>;
  /** Fields of the form that takes it back; null where nothing has to be. */
  undo: Record<string, string> | null;
}

export const done = (message: string, undo: Record<string, string> | null = null): UndoableResult => ({ ok: true, message, errors: {}, undo });

export function UndoNotice({ result, action }: { result: Omit<UndoableResult, 'errors'>; /** Where the form goes, if not to the page itself. */ action?: string }) {
  if (result.message === null) return null;
  return (
    <Notice tone={result.ok ? 'good' : 'bad'} role={result.ok ? 'status' : 'alert'}>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {result.message}
        {result.undo !== null && (
          <Form method="post" action={action} preventScrollReset>
            {Object.entries(result.undo).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
            <Button small type="submit">Undo</Button>
          </Form>
        )}
      </span>
    </Notice>
  );
}
