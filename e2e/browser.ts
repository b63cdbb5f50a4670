// Starts Chromium from npm alone, on machines without its libraries too.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sparticuz, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'
import { isAlive, readPid } from '../local/processes.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/** Where the browser is unpacked; another user's files must not be in the way. */
const folder = join(tmpdir(), `perennial-chromium-${process.getuid?.() ?? 0}`)

/** A headless browser: the one CHROMIUM_PATH names, else the packaged one (unpacked once a machine, about 3 s). */
export async function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await unpack())
  return chromium.launch({ executablePath, args: ARGS })
}

/** Several test files may start at once: one unpacks, the others wait for it. */
async function unpack(): Promise<string> {
  const libraries = join(folder, 'al2023', 'lib')
  const done = join(folder, 'done')
  const lock = join(folder, 'lock')
  mkdirSync(folder, { recursive: true })
  // The package unpacks into whatever the temporary folder is.
  process.env.TMPDIR = folder
  while (!existsSync(done)) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' })
    } catch {
      const holder = readPid(lock)
      if (holder === undefined || !isAlive(holder)) rmSync(lock, { force: true })
      await sleep(100)
      continue
    }
    await sparticuz.executablePath()
    await inflate(join(packageFolder(), 'bin', 'al2023.tar.br'))
    writeFileSync(done, '')
    rmSync(lock, { force: true })
  }
  setupLambdaEnvironment(libraries)
  process.env.FONTCONFIG_PATH = fontConfig()
  return sparticuz.executablePath()
}

/** The packaged configuration looks for fonts in fixed folders; without any, the browser dies at the first form control. */
function fontConfig(): string {
  const place = join(folder, 'fontconfig')
  mkdirSync(place, { recursive: true })
  const match = '<match target="pattern"><edit name="family" mode="append_last"><string>Open Sans</string></edit></match>'
  writeFileSync(
    join(place, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(folder, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${join(place, 'cache')}</cachedir>${match}</fontconfig>\n`,
  )
  return place
}

function packageFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')))
}
