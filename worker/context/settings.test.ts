/** The configuration is refused by name, and production ignores what is only for one machine. */
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { readSettings } from './settings.ts';

const key = btoa('k'.repeat(32));
const good = {
  APP_ENV: 'local', DATABASE_URL: 'postgres://app_user:x@localhost/p', NEON_ENDPOINT: 'http://127.0.0.1:1/sql',
  AUTH_SECRET: key, IDENTITY_SECRET: key, CREDENTIAL_KEYS: `k2:${key}, k1:${key}`, TOKEN_KEYS: `t1:${key}`, PUBLIC_ORIGIN: 'https://app.shop.example/',
  OPERATOR_TOKEN: 'op_0123456789012345678901234', FAULT_RATE: '0.02', API_PER_MINUTE: '5000', AUTH_PER_MINUTE: '50', COUNT_REQUESTS: 'no',
  PLATFORM_ORIGINS: '{"https://fernway.myshopify.com/":"http://127.0.0.1:1234"}',
};

describe('settings', () => {
  it('reads this machine\'s variables', () => {
    const settings = readSettings(good);
    expect(settings).toMatchObject({ appEnv: 'local', publicOrigin: 'https://app.shop.example', faultRate: 0.02, apiPerMinute: 5000, authPerMinute: 50, countRequests: false, operatorToken: good.OPERATOR_TOKEN });
    expect([...settings.platformOrigins]).toEqual([['https://fernway.myshopify.com', 'http://127.0.0.1:1234']]);
    expect(readSettings({ ...good, COUNT_REQUESTS: undefined })).toMatchObject({ countRequests: true });
    expect(settings.credentialKeys.map(({ keyId }) => keyId)).toEqual(['k2', 'k1']);
  });

  it('has no operator, no faults, no loose sign-in and no uncounted requests in production, whatever is set', () => {
    expect(readSettings({ ...good, APP_ENV: 'production' })).toMatchObject({ operatorToken: null, faultRate: 0, authPerMinute: null, countRequests: true, platformOrigins: new Map() });
  });

  it('names what is missing or malformed, and never tells a value', () => {
    const { DATABASE_URL: _, ...rest } = good;
    const read = () => readSettings({ ...rest, AUTH_SECRET: btoa('short'), CREDENTIAL_KEYS: 'k1' });
    expect(read).toThrow(AppError);
    expect(read).toThrow(/DATABASE_URL is missing.*AUTH_SECRET needs at least 32 bytes.*CREDENTIAL_KEYS is not a list/);
    expect(read).not.toThrow(btoa('short'));
    // A key that has a name twice could not be told from the other.
    expect(() => readSettings({ ...good, CREDENTIAL_KEYS: `k1:${key},k1:${key}` })).toThrow(/CREDENTIAL_KEYS .* each keyId once/);
  });

  it('offers the providers whose two halves are there, and names a missing half', () => {
    const google = { GOOGLE_CLIENT_ID: 'here', GOOGLE_CLIENT_SECRET: 'a secret' };
    expect([...readSettings({ ...good, ...google, GITHUB_CLIENT_ID: '', GITHUB_CLIENT_SECRET: '' }).signInClients]).toEqual([['google', { clientId: 'here', clientSecret: 'a secret' }]]);
    expect(readSettings(good).signInClients.size).toBe(0);
    expect(() => readSettings({ ...good, GITHUB_CLIENT_ID: 'here' })).toThrow(/GITHUB_CLIENT_SECRET is missing/);
    expect(() => readSettings({ ...good, MICROSOFT_CLIENT_SECRET: 'a secret' })).toThrow(/MICROSOFT_CLIENT_ID is missing/);
  });
});
