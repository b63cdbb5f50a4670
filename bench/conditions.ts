/** How busy the machine was while something was measured: a figure without it cannot be judged. */
import { loadavg } from 'node:os'

/** For a row's note. */
export function loadNote(): string {
  return `load ${(loadavg()[0] ?? 0).toFixed(1)}`
}
