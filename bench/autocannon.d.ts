/** The part of autocannon that is used here; the package brings no types. */
declare module 'autocannon' {
  export interface CannonRequest { method: string; path: string; headers?: Record<string, string>; body?: string }
  export interface CannonClient { setRequests(requests: readonly CannonRequest[]): void }
  export interface CannonOptions {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    setupClient?: (client: CannonClient) => void
  }
  export interface CannonResult {
    requests: { average: number; total: number }
    latency: { p50: number; p99: number }
    duration: number
    '2xx': number
    non2xx: number
    errors: number
  }
  export default function autocannon(options: CannonOptions): Promise<CannonResult>
}
