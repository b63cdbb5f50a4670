/** The import command as a process, against an HTTP server that answers as the API promises. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

const base = { id: 'imp-1', name: 'orders.csv', state: 'waiting', bytesTotal: 40, bytesRead: 0, linesRead: 0, inserted: 0, unchanged: 0, skipped: 0, rejected: 0, anywayOf: null, anywayId: null, error: null };
const FILE = 'customer_id,date,amount\nc1,2024-01-01,5.00\n';

let server: Server;
let url = '';
let folder = '';
let seen: Seen[] = [];
let answers: { status: number; body: unknown }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'import-command-'));
  writeFileSync(join(folder, 'orders.csv'), FILE);
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ OPERATOR_TOKEN: 'op_secret' }));
  seen = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(answer?.status ?? 500, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function command(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', DATA_DIR: folder, ...env } };
    execFile(process.execPath, [join(import.meta.dirname, 'import.ts'), ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });
}

const file = (): string => join(folder, 'orders.csv');

describe('a run', () => {
  it('streams the file as the operator for the named company, watches, and prints refused lines', async () => {
    answers = [
      { status: 202, body: base },
      { status: 200, body: { ...base, state: 'running', linesRead: 1 } },
      { status: 200, body: { ...base, state: 'done', linesRead: 3, inserted: 2, rejected: 1, rejections: [{ line: 3, code: 'bad_date', reason: '"x" is not a date', column: 'date', raw: 'c,x,1' }] } },
    ];
    const { code, out } = await command([file(), '--company', 'acme', '--url', url, '--mapping', '{"dateFormat":"dmy"}']);
    expect(code).toBe(0);
    expect(out).toContain('2 new, 0 already there, 1 rejected');
    expect(out).toContain('line 3, date: "x" is not a date');
    const [put, ...polls] = seen;
    expect(put).toMatchObject({ method: 'PUT', body: FILE, headers: { authorization: 'Bearer op_secret', 'x-perennial-company': 'acme', 'content-type': 'application/octet-stream', 'content-length': String(FILE.length) } });
    const query = new URL(put?.url ?? '', url);
    expect([query.pathname, Object.fromEntries(query.searchParams)]).toEqual(['/api/v1/imports', { name: 'orders.csv', mapping: '{"dateFormat":"dmy"}' }]);
    expect(polls.map((poll) => `${String(poll.method)} ${String(poll.url)}`)).toEqual(['GET /api/v1/imports/imp-1', 'GET /api/v1/imports/imp-1']);
  });

  it('signs in with the person’s own token when there is one, and prints JSON', async () => {
    answers = [{ status: 202, body: { ...base, state: 'done', linesRead: 1, unchanged: 1 } }];
    const { code, out } = await command([file(), '--url', url, '--json'], { PERENNIAL_TOKEN: 'mine' });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'done', unchanged: 1, linesPerSecond: expect.any(Number) });
    expect(seen[0]?.headers.authorization).toBe('Bearer mine');
  });

  it('goes on watching through a short outage', async () => {
    answers = [{ status: 202, body: base }, { status: 503, body: {} }, { status: 200, body: { ...base, state: 'done', inserted: 1 } }];
    expect((await command([file(), '--company', 'acme', '--url', url])).code).toBe(0);
  });
});

describe('an import that is there', () => {
  it('is stopped, and says that what it had read stays', async () => {
    answers = [{ status: 200, body: { ...base, state: 'cancelled', inserted: 7 } }];
    const { code, out } = await command(['--cancel', 'imp-1', '--company', 'acme', '--url', url]);
    expect([code, out]).toEqual([0, 'Stopped orders.csv. What it had read stays: 7 sales; npm run import -- --undo imp-1 takes them out\n']);
    expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/imports/imp-1/cancel', headers: { 'x-perennial-company': 'acme' } }]);
  });

  it('is undone, and watched until it is', async () => {
    answers = [{ status: 202, body: { ...base, state: 'undoing' } }, { status: 200, body: { ...base, state: 'undone', undone: 7 } }];
    const { code, out } = await command(['--undo', 'imp-1', '--company', 'acme', '--url', url]);
    expect([code, out]).toEqual([0, 'Undid orders.csv: 7 sales were taken out again\n']);
    expect(seen.map(({ method, url: path }) => `${String(method)} ${String(path)}`)).toEqual(['POST /api/v1/imports/imp-1/undo', 'GET /api/v1/imports/imp-1']);
  });
});

describe('exit codes', () => {
  it('1 for input that the server refuses, with its words', async () => {
    answers = [{ status: 400, body: { code: 'invalid_input', detail: 'No column was found for: Amount', errors: [{ path: 'mapping.columns.amount', message: 'Name the column' }] } }];
    const { code, err } = await command([file(), '--company', 'acme', '--url', url]);
    expect([code, err]).toEqual([1, 'No column was found for: Amount\n  mapping.columns.amount: Name the column\n']);
  });

  it('1 when every line was refused', async () => {
    answers = [{ status: 202, body: { ...base, state: 'done', linesRead: 1, rejected: 1 } }];
    expect((await command([file(), '--company', 'acme', '--url', url])).code).toBe(1);
  });

  it.each([
    ['no file', ['--company', 'acme']],
    ['a file that is not there', ['/no/such.csv', '--company', 'acme']],
    ['no company', ['FILE']],
    ['a mapping that is not JSON', ['FILE', '--company', 'acme', '--mapping', '{']],
    ['a file and an import to stop', ['FILE', '--company', 'acme', '--cancel', 'imp-1']],
    ['an unknown option', ['FILE', '--compny', 'acme']],
  ])('1 for %s', async (_name, args) => {
    answers = [{ status: 202, body: { ...base, state: 'done' } }];
    const { code, err } = await command([...args.map((arg) => (arg === 'FILE' ? file() : arg)), '--url', url]);
    expect([code, err === '']).toEqual([1, false]);
    expect(seen).toEqual([]);
  });

  it('2 when it is refused, when the import fails, and when nobody answers', async () => {
    answers = [{ status: 403, body: { detail: 'Not allowed' } }];
    expect(await command([file(), '--company', 'acme', '--url', url])).toMatchObject({ code: 2, err: 'Not allowed\n' });
    answers = [{ status: 202, body: { ...base, state: 'failed', error: 'The file is gone' } }];
    expect(await command([file(), '--company', 'acme', '--url', url])).toMatchObject({ code: 2, out: expect.stringContaining('The file is gone') });
    expect(await command([file(), '--company', 'acme', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 2, err: expect.stringContaining('does not answer') });
  });

  it('2 without any sign-in', async () => {
    expect(await command([file(), '--company', 'acme', '--url', url], { DATA_DIR: join(folder, 'none') })).toMatchObject({ code: 2, err: expect.stringContaining('PERENNIAL_TOKEN') });
  });
});
