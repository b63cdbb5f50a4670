/** An origin is scheme, host and port; everything else is refused. */
import { describe, expect, it } from 'vitest';
import { webOrigin } from './web-origin.ts';

describe('web origins', () => {
  it.each([
    ['https://app.shop.example', 'https://app.shop.example'], ['https://app.shop.example/', 'https://app.shop.example'], ['https://APP.shop.example:443', 'https://app.shop.example'],
    ['https://app.shop.example:8443', 'https://app.shop.example:8443'], ['http://localhost:3000', 'http://localhost:3000'], ['http://127.0.0.1:5173', 'http://127.0.0.1:5173'], ['http://[::1]:80', 'http://[::1]'],
  ])('reads %s', (text, origin) => {
    expect(webOrigin(text)).toBe(origin);
  });

  it.each(['', '*', 'null', 'shop.example', 'https://*.shop.example', 'http://shop.example', 'https://shop.example/app', 'https://shop.example/?', 'https://shop.example?a=b', 'https://shop.example#', 'https://user@shop.example', 'https://user:pw@shop.example', 'ftp://shop.example', 'file:///etc', 'javascript:alert(1)', 'http://localhost.shop.example', 'chrome-extension://abc'])('refuses %j', (text) => {
    expect(webOrigin(text)).toBeNull();
  });
});
