/** Takes an import back, after saying how many sales go. */
import { useFetcher } from '@remix-run/react';
import type { ImportView } from '#operations/import-views';
import type { loader } from '../../routes/import.$id.undo.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

export function UndoImport({ view }: { view: ImportView }) {
  const { count } = useFormats();
  const { load, data } = useFetcher<typeof loader>();
  const sales = (n: number) => (n === 1 ? '1 sale or refund' : `${count(n)} sales and refunds`);
  return (
    <ConfirmDialog
      trigger="Undo" look="quiet" title={`Undo the import of ${view.name}?`} keep="Keep it" confirm="Undo the import" disabled={data === undefined} intent="undo" id={view.id}
      onOpen={() => load(`/import/${view.id}/undo`)}
    >
      {data === undefined ? 'Counting what it brought…' : data.removes === 0
        ? 'Nothing that it brought is left to take out.'
        : `${sales(data.removes)} that this file was the first to bring ${data.removes === 1 ? 'is' : 'are'} taken out of your figures again. Other files that held the same lines do not bring them back: import those again if you want them.`}
      {data !== undefined && data.stays > 0 && ` ${sales(data.stays)} ${data.stays === 1 ? 'stays' : 'stay'}: the shop itself has told of ${data.stays === 1 ? 'it' : 'them'} since.`}
      {data !== undefined && data.closed > 0 && ` ${sales(data.closed)} ${data.closed === 1 ? 'stays' : 'stay'} in your figures: ${data.closed === 1 ? 'its day is' : 'their days are'} closed, and only ${data.closed === 1 ? 'its sum is' : 'their sums are'} left.`}
    </ConfirmDialog>
  );
}
