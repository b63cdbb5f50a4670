/** Takes a platform off, after asking once more. */
import { Form } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { Button, buttonClass } from '../ui/button.tsx';

export function RemoveIntegration({ name }: { name: string }) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className={buttonClass('danger', true)}>Remove</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-md rounded-card border border-line bg-surface p-5 shadow-float">
          <AlertDialog.Title className="text-16 font-strong">Remove {name}?</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">Its webhook address stops answering within a minute. Orders and customers it brought stay.</AlertDialog.Description>
          <Form method="post" className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel className={buttonClass('plain')}>Keep it</AlertDialog.Cancel>
            <Button type="submit" look="danger" name="intent" value="remove">Remove</Button>
          </Form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
