/** A browser that goes to a provider of identities and comes back, and the orders that tests give to the providers. */
import { inject } from 'vitest';
import type {} from '../support/provided.ts';
import { call, newAddress } from './api-client.ts';
import type { Answer } from './api-client.ts';

const servers = inject('identityServers');
export type Provider = 'google' | 'microsoft' | 'github';

async function order(body: Record<string, unknown>): Promise<void> {
  const answer = await fetch(servers.control, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Somebody with an account at Google or Microsoft. Answers their subject. */
export async function account(provider: 'google' | 'microsoft', claims: Record<string, unknown>): Promise<string> {
  const id = crypto.randomUUID();
  await order({ do: 'account', provider, id, claims });
  return id;
}

let lastId = 1000;
/** Answers their login. */
export async function gitHubAccount(emails: { email: string; primary: boolean; verified: boolean }[], id = ++lastId, name: string | null = 'Octo'): Promise<string> {
  const login = `octo-${crypto.randomUUID()}`;
  await order({ do: 'github', id, login, name, emails });
  return login;
}

export const spoil = (provider: 'google' | 'microsoft', fault: string | null): Promise<void> => order({ do: 'fault', provider, fault });

/** Keeps cookies of our Worker and walks by its addresses. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly address = newAddress();

  async go(method: string, path: string, options: { form?: Record<string, string>; json?: unknown; accept?: string } = {}): Promise<Answer> {
    const answer = await call(method, path, {
      address: this.address,
      headers: {
        accept: options.accept ?? 'text/html', cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(options.form !== undefined && { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }),
        ...(options.json !== undefined && { 'x-requested-with': 'perennial' }),
      },
      ...(options.form !== undefined && { body: new URLSearchParams(options.form).toString() }), ...(options.json !== undefined && { body: options.json }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Where our Worker sends it on to. */
  async sentTo(method: string, path: string, options: { form?: Record<string, string> } = {}): Promise<string> {
    const answer = await this.go(method, path, options);
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${method} ${path} leads nowhere: ${String(answer.status)} ${JSON.stringify(answer.body).slice(0, 500)}`);
    return location;
  }

  /** As far as the provider's page where `who` is chosen; the address that the provider then sends back to. Null: goes back without. */
  async chooses(who: string | null, at: string): Promise<URL> {
    const jar = new Map<string, string>();
    let url = at;
    for (let hop = 0, method = 'GET'; hop < 12; hop++) {
      const answer = await fetch(url, {
        method, redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }) },
        ...(method === 'POST' && { body: new URLSearchParams({ account: who ?? '' }).toString() }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s);
        jar.set(name, value);
      }
      const body = await answer.text();
      const location = answer.headers.get('location');
      if (location === null) {
        if (answer.status !== 200) throw new Error(`The provider says ${String(answer.status)}: ${body}`);
        method = 'POST';
        continue;
      }
      const next = new URL(location, url);
      if (next.host === 'perennial.test') return next;
      method = 'GET';
      url = next.href;
    }
    throw new Error('The provider sends us round and round');
  }

  /** The whole way there and back. Answers where our Worker sends it then. */
  async signsIn(provider: Provider, who: string | null, query = ''): Promise<string> {
    const back = await this.chooses(who, await this.sentTo('GET', `/api/v1/auth/oauth/${provider}/start${query}`));
    return await this.sentTo('GET', back.pathname + back.search);
  }

  /** Whose session it holds; null without one. */
  async me(): Promise<{ email: string; role: string } | null> {
    const answer = await this.go('GET', '/api/v1/auth/account', { accept: 'application/json' });
    return answer.status === 200 ? answer.body as { email: string; role: string } : null;
  }
}
