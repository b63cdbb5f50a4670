/** Takes an import back, after saying how many sales go. */
import { Form, useFetcher } from '@remix-run/react';
import { AlertDialog } from 'radix-ui';
import { useState } from 'react';
import type { ImportView } from '#operations/import-views';
import type { loader } from '../../routes/import.$id.undo.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Button, buttonClass } from '../ui/button.tsx';

export function UndoImport({ view }: { view: ImportView }) {
  const { count } = useFormats();
  const { load, data } = useFetcher<typeof loader>();
  // Closed by the submit itself: a refusal is then seen on the page.
  const [open, setOpen] = useState(false);
  const show = (shown: boolean) => {
    if (shown) load(`/import/${view.id}/undo`);
    setOpen(shown);
  };
  const sales = (n: number) => (n === 1 ? '1 sale or refund' : `${count(n)} sales and refunds`);
  return (
    <AlertDialog.Root open={open} onOpenChange={show}>
      <AlertDialog.Trigger className={buttonClass('quiet', true)}>Undo</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-md rounded-card border border-line bg-surface p-5 shadow-float">
          <AlertDialog.Title className="text-16 font-strong">Undo the import of {view.name}?</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">
            {data === undefined ? 'Counting what it brought…' : data.removes === 0
              ? 'Nothing that it brought is left to take out.'
              : `${sales(data.removes)} that this file was the first to bring ${data.removes === 1 ? 'is' : 'are'} taken out of your figures again. Other files that held the same lines do not bring them back: import those again if you want them.`}
            {data !== undefined && data.stays > 0 && ` ${sales(data.stays)} ${data.stays === 1 ? 'stays' : 'stay'}: the shop itself has told of ${data.stays === 1 ? 'it' : 'them'} since.`}
          </AlertDialog.Description>
          <Form method="post" className="mt-5 flex justify-end gap-2" onSubmit={() => setOpen(false)}>
            <input type="hidden" name="id" value={view.id} />
            <AlertDialog.Cancel className={buttonClass('plain')}>Keep it</AlertDialog.Cancel>
            <Button type="submit" look="danger" name="intent" value="undo" disabled={data === undefined}>Undo the import</Button>
          </Form>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
