// Makes and finds the folder that holds the local database's files, wherever DATA_DIR lies.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { findBinaries, type Binaries } from './postgres-binaries.ts'
import { endOrphan } from './postgres-orphan.ts'
import { readText } from './processes.ts'
import { canEnter, chooseUser, type RunAs } from './unprivileged-user.ts'

/** What a data folder remembers about its database. `folder` holds `data/` and `postgres.log`; `made` once they are whole. */
const memorySchema = z.object({ folder: z.string(), password: z.string(), port: z.number().optional(), made: z.boolean() })
type Memory = z.infer<typeof memorySchema>

export type Cluster = Memory & { dataDir: string; logFile: string; binaries: Binaries; user: RunAs }

/** Settings for two cores and a few hundred MB; what makes a commit durable is left at its safe default. */
const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
min_wal_size = 256MB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
autovacuum_max_workers = 2
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_checkpoints = off
`

/** Opens the cluster remembered in `dataDir`, or makes a new one (about one second). */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const home = resolve(dataDir)
  // Root's server runs as another user, who must be able to pass through; secrets in it are 0600 each.
  mkdirSync(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const memoryFile = join(home, 'postgres.json')
  const remembered = existsSync(memoryFile) ? recall(home, memorySchema.parse(JSON.parse(readFileSync(memoryFile, 'utf8')))) : undefined
  if (remembered !== undefined && existsSync(join(remembered.folder, 'data', 'PG_VERSION'))) return describe(remembered)
  if (remembered?.made === true) {
    throw new Error(`The database files of ${home} are gone from ${remembered.folder}. Put them back, or delete ${home} to start anew.`)
  }

  const user = chooseUser(join(home, 'postgres'))
  const folder = canEnter(home, user) ? join(home, 'postgres') : hiddenFromUser(home)
  // Files that no data folder remembers belong to one that was deleted, or to a start that was cut short.
  await endOrphan(join(folder, 'data'))
  rmSync(folder, { recursive: true, force: true })
  const memory: Memory = { folder, password: randomBytes(24).toString('base64url'), made: false }
  writeMemory(memoryFile, memory)
  initialise(memory, user)
  writeMemory(memoryFile, { ...memory, made: true })
  return describe(memory)
}

/** Deletes the files of a stopped cluster, also those that lie outside the data folder. */
export function removeCluster(dataDir: string): void {
  const memory = memorySchema.safeParse(JSON.parse(readText(join(dataDir, 'postgres.json')) ?? 'null'))
  if (memory.success) rmSync(recall(resolve(dataDir), memory.data).folder, { recursive: true, force: true })
}

/** A data folder that was moved or copied holds its own files, whatever place is written down. */
function recall(home: string, memory: Memory): Memory {
  const own = join(home, 'postgres')
  return existsSync(join(own, 'data', 'PG_VERSION')) ? { ...memory, folder: own } : memory
}

function describe(memory: Memory): Cluster {
  const dataDir = join(memory.folder, 'data')
  const user = chooseUser(dataDir)
  return { ...memory, dataDir, logFile: join(memory.folder, 'postgres.log'), binaries: findBinaries(user), user }
}

/** Keeps the port, so that a restarted database is found where clients knew it. */
export function rememberPort(dataDir: string, cluster: Cluster, port: number): void {
  writeMemory(join(resolve(dataDir), 'postgres.json'), { folder: cluster.folder, password: cluster.password, port, made: true })
}

function writeMemory(file: string, memory: Memory): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** A folder for a data folder the server's user cannot reach, such as one under root's home. */
function hiddenFromUser(home: string): string {
  const key = createHash('sha256').update(home).digest('hex').slice(0, 16)
  return join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `perennial-cluster-${key}`)
}

function initialise({ folder, password }: Memory, user: RunAs): void {
  mkdirSync(folder, { mode: 0o700 })
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid)
  const { initdb } = findBinaries(user)
  // Made aside and renamed when whole: a data folder that exists is one that works.
  const making = join(folder, 'making')
  const result = spawnSync(
    initdb,
    ['-D', making, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-instructions'],
    { ...user, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  )
  rmSync(passwordFile)
  if (result.status !== 0) throw new Error(`Postgres could not make its files in ${making}: ${result.stderr || result.error?.message}`)
  writeFileSync(join(making, 'postgresql.auto.conf'), SETTINGS)
  chmodSync(making, 0o700)
  renameSync(making, join(folder, 'data'))
}
