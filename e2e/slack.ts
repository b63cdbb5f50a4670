// How much longer things may take before a test calls it a defect: machines differ, and this one may be busy with something else.
import { availableParallelism, loadavg } from 'node:os'

/** What is promised is printed beside what was measured; a gate at the promise itself would fail on a slower machine. */
const LEAST = 2
/** More than this is no excuse. */
const MOST = 4

/** 2 on a machine at rest; more when more programs want to run than there are processors. Ask before the work. */
export function slack(): number {
  return Math.min(MOST, Math.max(LEAST, (loadavg()[0] ?? 0) / availableParallelism()))
}
