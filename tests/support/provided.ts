// Names what the global setup hands to test files.
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
  }
}

/** A migrated, empty database: clones of it are what tests write to. */
export const TEMPLATE = 'perennial_template'
