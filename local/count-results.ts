// Adds up the reports of a check run: prints `N passed, N failed` and fails when anything did.
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { z } from 'zod'
import { readText } from './processes.ts'

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.unknown()) })),
})

const reports = fileURLToPath(new URL('../reports', import.meta.url))
let passed = 0
let failed = 0

const report = readText(join(reports, 'vitest.json'))
if (report === undefined) {
  console.error('The tests left no report.')
  failed += 1
} else {
  const { numPassedTests, numFailedTests, testResults } = reportSchema.parse(JSON.parse(report))
  // A file that could not even be loaded has no tests to count.
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  for (const file of unloaded) console.error(`Could not be run: ${file.name}`)
  passed += numPassedTests
  failed += numFailedTests + unloaded.length
}

for (const line of (readText(join(reports, 'checks.txt')) ?? '').split('\n').filter(Boolean)) {
  // The tests have been counted one by one; their command fails with them.
  if (line === 'passed tests' || (line === 'failed tests' && failed > 0)) continue
  if (line.startsWith('passed ')) passed += 1
  else {
    failed += 1
    console.error(line)
  }
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
