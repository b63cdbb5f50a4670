/** The commands of `npm run clv` without a process each: what they print, and that nothing in it is not a number. */
import process from 'node:process'
import { vi } from 'vitest'
import { runBacktest } from '../../cli/clv/backtest.ts'
import { runChurn } from '../../cli/clv/churn.ts'
import { runCluster } from '../../cli/clv/cluster.ts'
import { runCohorts } from '../../cli/clv/cohorts.ts'
import { runFit } from '../../cli/clv/fit.ts'
import { runForecast } from '../../cli/clv/forecast.ts'
import { runRecommend } from '../../cli/clv/recommend.ts'
import { runRfm } from '../../cli/clv/rfm.ts'

const RUN = {
  fit: (path: string, more: string[]) => runFit([path, '--origins', '1', '--json', ...more]),
  backtest: (path: string, more: string[]) => runBacktest([path, '--models', 'mbg-nbd', '--origins', '2', '--json', ...more]),
  rfm: (path: string, more: string[]) => runRfm([path, '--json', ...more]),
  cohorts: (path: string, more: string[]) => runCohorts([path, '--project', '--months', '12', '--json', ...more]),
  churn: (path: string, more: string[]) => runChurn([path, '--json', ...more]),
  recommend: (path: string, more: string[]) => runRecommend([path, '--json', ...more]),
  forecast: (path: string, more: string[]) => runForecast([path, '--by', 'week', '--periods', '4', '--json', ...more]),
  cluster: (path: string, more: string[]) => runCluster([path, '--k', '3', '--json', ...more]),
} as const

export type Command = keyof typeof RUN
export const COMMANDS = ['fit', 'backtest', 'rfm', 'cohorts', 'churn', 'recommend', 'forecast', 'cluster'] as const satisfies readonly Command[]

/** Paths of figures that are not finite: JSON would write them as null. */
function oddities(value: unknown, at = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${at}: ${value}`]
  if (Array.isArray(value)) return value.flatMap((each, i) => oddities(each, `${at}[${i}]`))
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => oddities(each, `${at}.${key}`)) : []
}

/** What the command answers. @throws InputError as the command does, Error for figures that are none. */
export async function clvHere(command: Command, path: string, ...more: string[]): Promise<unknown> {
  let text = ''
  const odd: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => { text += String(chunk); return true })
  const plain = JSON.stringify
  const stringify = vi.spyOn(JSON, 'stringify').mockImplementation((value: unknown, _replacer, space) => {
    odd.push(...oddities(value))
    return plain(value, null, space)
  })
  try {
    await RUN[command](path, more)
  } finally {
    write.mockRestore()
    stringify.mockRestore()
  }
  if (odd.length > 0) throw new Error(`${command}: ${odd.slice(0, 5).join(', ')}`)
  const answer: unknown = JSON.parse(text)
  return answer
}
