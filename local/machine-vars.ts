// What the Worker is told on one machine: in production these are its variable and its secrets.
import { SIGN_IN_VARIABLES } from '#worker/context/settings'
import type { LocalDatabase } from './database.ts'
import type { LocalSecrets } from './secrets.ts'

export function machineVars(database: Pick<LocalDatabase, 'appUrl' | 'neonEndpoint'>, secrets: LocalSecrets): Record<string, string> {
  return {
    APP_ENV: 'local',
    DATABASE_URL: database.appUrl,
    ...(database.neonEndpoint !== undefined && { NEON_ENDPOINT: database.neonEndpoint }),
    AUTH_SECRET: secrets.AUTH_SECRET,
    IDENTITY_SECRET: secrets.IDENTITY_SECRET,
    CREDENTIAL_KEYS: secrets.CREDENTIAL_KEYS,
    TOKEN_KEYS: secrets.TOKEN_KEYS,
    OPERATOR_TOKEN: secrets.OPERATOR_TOKEN,
    // Providers of identities know this installation only where somebody has registered it with them.
    ...Object.fromEntries(SIGN_IN_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  }
}
