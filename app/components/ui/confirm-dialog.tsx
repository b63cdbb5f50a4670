/** Asks once more before what cannot simply be taken back, and posts an intent to the page. */
import { Form } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { Button, buttonClass } from './button.tsx';

interface ConfirmDialogProps {
  /** On the button that opens it. */
  trigger: string;
  /** The trigger for screen readers, where its words alone do not say of what. */
  label?: string;
  look?: 'danger' | 'plain' | 'quiet';
  title: ReactNode;
  /** What happens then, and what stays. */
  children: ReactNode;
  /** On the button that leaves things as they are. */
  keep: string;
  confirm: string;
  confirmLook?: 'danger' | 'primary';
  disabled?: boolean;
  intent: string;
  /** Of what it is about, where the page shows several. */
  id?: string;
  onOpen?: () => void;
}

export function ConfirmDialog({ trigger, label, look = 'danger', title, children, keep, confirm, confirmLook = 'danger', disabled, intent, id, onOpen }: ConfirmDialogProps) {
  // Closed by the submit itself: a refusal is then seen on the page.
  const [open, setOpen] = useState(false);
  const show = (shown: boolean): void => {
    if (shown) onOpen?.();
    setOpen(shown);
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={show}>
      <AlertDialog.Trigger className={`${buttonClass(look, true)} justify-self-start`} aria-label={label}>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-md rounded-card border border-line bg-surface p-5 shadow-float">
          <AlertDialog.Title className="text-16 font-strong">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{children}</AlertDialog.Description>
          <Form method="post" className="mt-5 flex justify-end gap-2" onSubmit={() => setOpen(false)}>
            {id !== undefined && <input type="hidden" name="id" value={id} />}
            <AlertDialog.Cancel className={buttonClass('plain')}>{keep}</AlertDialog.Cancel>
            <Button type="submit" look={confirmLook} name="intent" value={intent} disabled={disabled}>{confirm}</Button>
          </Form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
