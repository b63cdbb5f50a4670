/** Brings the skipped lines of an import in as sales of their own, after asking once more. */
import type { ImportView } from '#operations/import-views';
import { useFormats } from '../../format/use-formats.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

export function ImportAnyway({ view }: { view: ImportView }) {
  const { count } = useFormats();
  const lines = view.skipped === 1 ? '1 line' : `${count(view.skipped)} lines`;
  return (
    <ConfirmDialog trigger="Import anyway" look="plain" title={`Import ${lines} anyway?`} keep="Leave them out" confirm="Import anyway" confirmLook="primary" intent="anyway" id={view.id}>
      Each will count as a sale of its own beside the one that looks the same, and the figures move accordingly. They are an import of their own, which can be undone.
    </ConfirmDialog>
  );
}
