// Chooses the user Postgres runs as: it refuses root, and root's folders may be closed to others.
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** A Unix user that is not root; undefined stands for "whoever runs this process". */
export type RunAs = { uid: number; gid: number } | undefined

/**
 * Who runs the server for a cluster folder: the present user, or, when that is root, the folder's
 * owner if it exists already, else `nobody` (initdb needs a user that is in the passwd file).
 */
export function chooseUser(clusterDir: string): RunAs {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(clusterDir, { throwIfNoEntry: false })
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && Number.isSafeInteger(gid))
  const user = users.find(({ name }) => name === 'nobody') ?? users[0]
  if (user === undefined) throw new Error('Postgres cannot run as root and this machine has no other user')
  return { uid: user.uid, gid: user.gid }
}

/** Whether this user can enter the folder (every folder above it may be closed to them). */
export function canEnter(dir: string, user: RunAs): boolean {
  return user === undefined || spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', dir], { ...user, cwd: '/' }).status === 0
}
