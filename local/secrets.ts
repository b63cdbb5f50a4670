// Makes this machine's secrets once and keeps them in the data folder, readable by its owner alone.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const secretsSchema = z.object({
  /** 32 bytes, base64: seals refresh tokens. */
  AUTH_SECRET: z.string(),
  /** 32 bytes, base64: keys the HMAC of e-mail addresses. */
  IDENTITY_SECRET: z.string(),
  /** "keyId:base64(32 bytes)": encrypts integration credentials. */
  CREDENTIAL_KEYS: z.string(),
  /** "keyId:base64(32 bytes)": signs access tokens. */
  TOKEN_KEYS: z.string(),
  /** Password of the database role app_user. */
  APP_DB_PASSWORD: z.string(),
  /** Lets the commands of this machine act without signing in. */
  OPERATOR_TOKEN: z.string(),
})

export type LocalSecrets = z.infer<typeof secretsSchema>

export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json')
}

/** Reads `secrets.json` of the data folder, adding whatever it lacks. */
export function loadSecrets(dataDir: string): LocalSecrets {
  const file = secretsFile(dataDir)
  const key = (): string => randomBytes(32).toString('base64')
  const kept = existsSync(file) ? secretsSchema.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
  const secrets: LocalSecrets = {
    AUTH_SECRET: kept.AUTH_SECRET ?? key(),
    IDENTITY_SECRET: kept.IDENTITY_SECRET ?? key(),
    CREDENTIAL_KEYS: kept.CREDENTIAL_KEYS ?? `k1:${key()}`,
    TOKEN_KEYS: kept.TOKEN_KEYS ?? `t1:${key()}`,
    APP_DB_PASSWORD: kept.APP_DB_PASSWORD ?? randomBytes(24).toString('base64url'),
    OPERATOR_TOKEN: kept.OPERATOR_TOKEN ?? `op_${randomBytes(24).toString('base64url')}`,
  }
  // When the file was written says when its keys last changed.
  if (JSON.stringify(kept) === JSON.stringify(secrets)) return secrets
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}

/** What the running product has taken, as a digest: the file itself may have changed since. */
export function digestOf(secrets: LocalSecrets): string {
  return createHash('sha256').update(JSON.stringify(secrets)).digest('hex')
}

/** Where the running product notes the digest. */
export function takenFile(dataDir: string): string {
  return join(dataDir, 'secrets.taken')
}
