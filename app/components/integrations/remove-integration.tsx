/** Takes a platform off, after asking once more. */
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

export function RemoveIntegration({ name }: { name: string }) {
  return (
    <ConfirmDialog trigger="Remove" title={`Remove ${name}?`} keep="Keep it" confirm="Remove" intent="remove">
      Its webhook address stops answering within a minute. Orders and customers it brought stay.
    </ConfirmDialog>
  );
}
