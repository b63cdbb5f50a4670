/** Waiting for what a platform asks us to wait for. */
import type { Clock } from '#worker/ports';

export async function pause({ clock }: { clock: Clock }, seconds: number): Promise<void> {
  if (seconds <= 0) return;
  await (clock.pause?.(seconds * 1000) ?? new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
}
