// Keeps the build tools on this machine: no usage figures, no questions, no look-up of the network's location.
import { fileURLToPath } from 'node:url'

/** Environment for every tool that is started. */
export const QUIET_TOOLS = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CI: 'true',
  NO_UPDATE_NOTIFIER: '1',
  // Their settings and logs stay in the checkout: the home folder may be closed or missing.
  XDG_CONFIG_HOME: fileURLToPath(new URL('../.wrangler/config', import.meta.url)),
}

// For the tools that run inside this process, which read it when they are loaded.
Object.assign(process.env, QUIET_TOOLS)
