/** Brings the skipped lines of an import in as sales of their own, after asking once more. */
import { Form } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { useState } from 'react';
import type { ImportView } from '#operations/import-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Button, buttonClass } from '../ui/button.tsx';

export function ImportAnyway({ view }: { view: ImportView }) {
  const { count } = useFormats();
  // Closed by the submit itself: a refusal is then seen on the page.
  const [open, setOpen] = useState(false);
  const lines = view.skipped === 1 ? '1 line' : `${count(view.skipped)} lines`;
  return (
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <AlertDialog.Trigger className={buttonClass('plain', true)}>Import anyway</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-md rounded-card border border-line bg-surface p-5 shadow-float">
          <AlertDialog.Title className="text-16 font-strong">Import {lines} anyway?</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">
            Each will count as a sale of its own beside the one that looks the same, and the figures move accordingly. They are an import of their own, which can be undone.
          </AlertDialog.Description>
          <Form method="post" className="mt-5 flex justify-end gap-2" onSubmit={() => setOpen(false)}>
            <input type="hidden" name="id" value={view.id} />
            <AlertDialog.Cancel className={buttonClass('plain')}>Leave them out</AlertDialog.Cancel>
            <Button type="submit" look="primary" name="intent" value="anyway">Import anyway</Button>
          </Form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
