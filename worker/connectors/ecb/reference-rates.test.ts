// The bank's files in their documented shape, from a server of our own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readReferenceRates } from './reference-rates.ts';

const envelope = (cubes: string) => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
	<Cube>${cubes}</Cube>
</gesmes:Envelope>`;
const files: Record<string, { status: number; body: string }> = {
  '/stats/eurofxref/eurofxref-daily.xml': { status: 200, body: envelope(`<Cube time='2026-11-20'><Cube currency='USD' rate='1.0850'/><Cube currency='JPY' rate='163.42'/></Cube>`) },
  '/stats/eurofxref/eurofxref-hist-90d.xml': { status: 200, body: envelope(`<Cube time="2026-11-20"><Cube currency="USD" rate="1.0850"/></Cube><Cube time="2026-11-19"><Cube currency="USD" rate="1.0800"/></Cube>`) },
  '/stats/eurofxref/eurofxref-hist.xml': { status: 200, body: '<html><body>Maintenance' },
};
const server = createServer((request, response) => {
  const file = files[request.url ?? ''];
  response.writeHead(file?.status ?? 404, { 'content-type': 'text/xml' }).end(file?.body);
});
let origin = '';
const local = (url: string) => fetch(url.replace('https://www.ecb.europa.eu', origin));

beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port }: AddressInfo = Object.assign({ port: 0, family: '', address: '' }, server.address());
  origin = `http://127.0.0.1:${String(port)}`;
});
afterAll(() => { server.close(); });

it('reads days and their rates, oldest first', async () => {
  expect(await readReferenceRates(local, 'newest')).toEqual([{ day: '2026-11-20', perEuro: new Map([['USD', 1.085], ['JPY', 163.42]]) }]);
  expect((await readReferenceRates(local, 'recent')).map((d) => [d.day, d.perEuro.get('USD')])).toEqual([['2026-11-19', 1.08], ['2026-11-20', 1.085]]);
});

it('takes neither a page about maintenance nor an error for rates', async () => {
  await expect(readReferenceRates(local, 'all')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(readReferenceRates(() => fetch(`${origin}/missing`), 'newest')).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('404') });
});
