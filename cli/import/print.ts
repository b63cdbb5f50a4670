/** What the import command shows: progress while it runs, the outcome, and the lines that were refused. */
import type { ImportStatus } from '#core/commerce/import-status';

const SHOWN_REJECTIONS = 20;
/** Without a terminal a line a few seconds is enough. */
const QUIET_SECONDS = 3;

const number = new Intl.NumberFormat('en-US');

function rate(status: ImportStatus, seconds: number): number {
  return Math.round(status.linesRead / Math.max(seconds, 0.001));
}

/** One line on a terminal, rewritten; a line now and then elsewhere; on the error stream, so output stays clean. */
export function progressPrinter(silent: boolean): { show(status: ImportStatus, seconds: number): void; end(): void } {
  const terminal = process.stderr.isTTY;
  let shown = false;
  let next = QUIET_SECONDS;
  return {
    show(status, seconds) {
      if (silent || (!terminal && seconds < next)) return;
      next = seconds + QUIET_SECONDS;
      const share = status.bytesTotal ? `${String(Math.floor((100 * status.bytesRead) / status.bytesTotal))} % · ` : '';
      const rejected = status.rejected > 0 ? ` · ${number.format(status.rejected)} rejected` : '';
      const text = `${share}${number.format(status.linesRead)} lines · ${number.format(rate(status, seconds))} a second${rejected}`;
      process.stderr.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
      shown = terminal;
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
}

export function printResult(status: ImportStatus, seconds: number, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...status, seconds: Number(seconds.toFixed(3)), linesPerSecond: rate(status, seconds) }, null, 2)}\n`);
    return;
  }
  const words = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled', uploading: 'Uploading', waiting: 'Waiting', running: 'Running', undoing: 'Being undone', undone: 'Undone' };
  const lines = [
    `${words[status.state]}: ${number.format(status.linesRead)} lines in ${seconds.toFixed(1)} s (${number.format(rate(status, seconds))} a second)`,
    `  ${number.format(status.inserted)} new, ${number.format(status.unchanged)} already there, ${number.format(status.rejected)} rejected`,
  ];
  if (status.skipped > 0) lines.push(`  ${number.format(status.skipped)} of those already there have no order id; if they are other sales, the import page brings them in anyway`);
  if (status.error !== null) lines.push(`  ${status.error}`);
  for (const rejection of status.rejections.slice(0, SHOWN_REJECTIONS)) {
    const column = rejection.column === null ? '' : `, ${rejection.column}`;
    lines.push(`  line ${String(rejection.line)}${column}: ${rejection.reason}`);
  }
  const unseen = status.rejected - Math.min(status.rejections.length, SHOWN_REJECTIONS);
  if (unseen > 0) lines.push(`  … and ${number.format(unseen)} more; the import page lists them all`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
