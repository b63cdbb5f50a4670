/** Asks before somebody leaves what is not saved: by a link inside the product, by Back, or with the tab. */
import { useBlocker } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { useCallback, useEffect, useRef } from 'react';
import { buttonClass } from '../ui/button.tsx';

interface Place {
  pathname: string;
  search: string;
}

const addressOf = ({ pathname, search }: Place): string => `${pathname}${search}`;

interface UnsavedGuardProps {
  dirty: boolean;
  /** What would be lost: "The conditions you changed". */
  what: string;
}

export function UnsavedGuard({ dirty, what }: UnsavedGuardProps) {
  // The form itself goes to the address it stands at; what saving leads to asks nobody.
  const leaves = useCallback(({ currentLocation, nextLocation }: { currentLocation: Place; nextLocation: Place }) => dirty && addressOf(currentLocation) !== addressOf(nextLocation), [dirty]);
  const blocker = useBlocker(leaves);
  // No button of the dialog's own opened it: the focus goes back to the link that did.
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);
  return (
    <AlertDialog.Root open={blocker.state === 'blocked'} onOpenChange={(open) => { if (!open) blocker.reset?.(); }}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content
          onOpenAutoFocus={() => { opener.current = document.activeElement; }}
          onCloseAutoFocus={() => { if (opener.current instanceof HTMLElement) opener.current.focus(); }}
          className="rise fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-md rounded-card border border-line bg-surface p-5 shadow-float"
        >
          <AlertDialog.Title className="text-16 font-strong">Leave without saving?</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{what} would be lost.</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel className={buttonClass('plain')}>Stay here</AlertDialog.Cancel>
            <button type="button" className={buttonClass('danger')} onClick={() => blocker.proceed?.()}>Leave without saving</button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Whether any of these text fields of a form holds something else than it was drawn with. */
export function isEdited(form: HTMLFormElement, names: readonly string[]): boolean {
  return names.some((name) => {
    const field = form.elements.namedItem(name);
    return field instanceof HTMLInputElement && field.value !== field.defaultValue;
  });
}
