/** The requests of the public API that an import needs. */
import { z } from 'zod';
import { importStatus, type ImportStatus } from '#core/commerce/import-status';
import { Problem } from './problem.ts';

const problemBody = z.object({
  detail: z.string().optional(),
  title: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** A server that restarts under us must not end the watching of an import that goes on by itself. */
const PATIENCE_MS = 30_000;

/** @throws Problem always: 1 when the request was at fault, 2 otherwise. */
async function refuse(response: Response): Promise<never> {
  const text = await response.text();
  let body: z.infer<typeof problemBody> = {};
  try {
    body = problemBody.parse(JSON.parse(text));
  } catch {
    // Not a problem document: its status has to do.
  }
  const lines = (body.errors ?? []).map((error) => `  ${error.path}: ${error.message}`);
  const message = [body.detail ?? body.title ?? `The server answered ${String(response.status)}`, ...lines].join('\n');
  const ours = response.status >= 400 && response.status < 500 && ![401, 403, 429].includes(response.status);
  throw new Problem(ours ? 1 : 2, message);
}

export class ImportApi {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string, company: string | null) {
    if (!URL.canParse(url)) throw new Problem(1, `--url is not an address: ${url}`);
    this.#base = new URL('/api/v1/imports', url).href;
    this.#headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...(company === null ? {} : { 'x-perennial-company': company }) };
  }

  /** Sends the file, streamed from disk with its length known, and answers how the import stands. */
  async start(file: Blob, name: string, mapping: string | null): Promise<ImportStatus> {
    const query = new URLSearchParams({ name, ...(mapping === null ? {} : { mapping }) });
    const response = await this.#fetch(`${this.#base}?${query.toString()}`, {
      method: 'PUT',
      headers: { ...this.#headers, 'content-type': 'application/octet-stream' },
      body: file,
    });
    return importStatus.parse(await response.json());
  }

  /** Stops an import, or takes out what it brought. */
  async end(id: string, how: 'cancel' | 'undo'): Promise<ImportStatus> {
    const response = await this.#fetch(`${this.#base}/${encodeURIComponent(id)}/${how}`, { method: 'POST', headers: this.#headers });
    return importStatus.parse(await response.json());
  }

  /** Keeps asking through short outages. */
  async status(id: string): Promise<ImportStatus> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const response = await this.#fetch(`${this.#base}/${encodeURIComponent(id)}`, { headers: this.#headers });
        return importStatus.parse(await response.json());
      } catch (error) {
        if (!(error instanceof Problem) || error.exitCode !== 2 || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Problem(2, `${new URL(url).origin} does not answer (${cause}); is it running?`);
    }
    return response.ok ? response : refuse(response);
  }
}
