// Names what the global setup hands to test files.
import { z } from 'zod'

const databaseSchema = z.object({ appUrl: z.string(), ownerUrl: z.string() })

const clientSchema = z.object({ clientId: z.string(), clientSecret: z.string() })
/** Origins of the providers of identities, where they take orders, and who we are to them. */
export const identityServersSchema = z.object({
  google: z.string(), microsoft: z.string(), github: z.string(), control: z.string(),
  clients: z.object({ google: clientSchema, microsoft: clientSchema, github: clientSchema }),
})

export const providedSchema = z.object({
  superuserUrl: z.string(),
  neonEndpoint: z.string(),
  appPassword: z.string(),
  workerDatabase: databaseSchema,
})

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's connection string of the test cluster. */
    superuserUrl: string
    /** Where the Neon driver finds the test cluster: `http://127.0.0.1:PORT/sql`. */
    neonEndpoint: string
    /** Password of app_user in the test cluster. */
    appPassword: string
    /** Connection strings of the database that all worker tests share. */
    workerDatabase: { appUrl: string; ownerUrl: string }
    /** Where the platforms' own packages sign and judge deliveries: `http://127.0.0.1:PORT`. */
    platformSigner: string
    /** Folder of the database that journeys begin from a copy of; made by the first that needs it. */
    emptyDatabase: string
    /** Where Google, Microsoft and GitHub are on this machine. */
    identityServers: z.infer<typeof identityServersSchema>
  }
}
