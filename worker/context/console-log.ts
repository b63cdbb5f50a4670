/** Structured log: one JSON line an event on the console. */
import type { Log } from '#worker/ports';

/** `bound` fields stand on every line, for instance the request id. */
export function consoleLog(bound: Record<string, unknown> = {}): Log {
  const line = (level: string, event: string, fields: Record<string, unknown> | undefined): string =>
    JSON.stringify({ at: new Date().toISOString(), level, event, ...bound, ...fields });
  return {
    info: (event, fields) => { console.log(line('info', event, fields)); },
    warn: (event, fields) => { console.warn(line('warn', event, fields)); },
    error: (event, fields) => { console.error(line('error', event, fields)); },
  };
}
