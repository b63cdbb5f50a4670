/** Sends what a job file says and prints how it went: `node bench/load-generator.ts JOB.json`. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import process from 'node:process'
import autocannon from 'autocannon'
import { quantile } from '#core/math/quantile'
import { jobSchema } from './load-job.ts'
import type { LoadJob, LoadOutcome, LoadRequest } from './load-job.ts'

type Flood = Extract<LoadJob, { kind: 'flood' }>
type Steady = Extract<LoadJob, { kind: 'steady' }>

async function flood({ url, connections, seconds, requests }: Flood): Promise<LoadOutcome> {
  // Each connection has requests of its own: nobody sends what another sent.
  const share = Math.ceil(requests.length / connections)
  let next = 0
  const result = await autocannon({
    url, connections, duration: seconds,
    setupClient(client) {
      const from = next++ * share
      client.setRequests(requests.length <= 1 ? requests : requests.slice(from, from + share))
    },
  })
  return {
    perSecond: result['2xx'] / result.duration, answered: result['2xx'], failed: result.non2xx + result.errors,
    p50: result.latency.p50, p99: result.latency.p99,
  }
}

/** A latency counts from the moment at which the request was due, so that a stall is felt by all it delays. */
async function steady({ url, perSecond, requests }: Steady): Promise<LoadOutcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const took: number[] = []
  let failed = 0, sent = 0
  const start = performance.now()
  const due = (n: number): number => start + (n * 1000) / perSecond
  const all: Promise<void>[] = []
  const sendDue = (): void => {
    for (; sent < requests.length && due(sent) <= performance.now(); sent++) {
      const one = requests[sent], at = due(sent)
      if (one === undefined) continue
      all.push(post(agent, url, one).then((ok) => {
        if (ok) took.push(performance.now() - at)
        else failed++
      }))
    }
  }
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      sendDue()
      if (sent < requests.length) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  await Promise.all(all)
  const seconds = (performance.now() - start) / 1000
  agent.destroy()
  return { perSecond: took.length / seconds, answered: took.length, failed, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

function post(agent: Agent, url: string, { method, path, headers, body }: LoadRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const sending = request(new URL(path, url), { agent, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode !== undefined && answer.statusCode < 300))
      answer.on('error', () => resolve(false))
    })
    sending.on('error', () => resolve(false))
    sending.end(body)
  })
}

const job = jobSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const outcome = job.kind === 'flood' ? await flood(job) : await steady(job)
process.stdout.write(JSON.stringify(outcome))
