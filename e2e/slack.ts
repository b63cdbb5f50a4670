// How much longer things may take because this machine is busy with something else.
import { availableParallelism, loadavg } from 'node:os'

/** More than this is no excuse. */
const MOST = 3

/** 1 on a machine at rest; more when more programs want to run than there are processors. Ask before the work. */
export function slack(): number {
  return Math.min(MOST, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()))
}
