/** Every way of writing an inside address is refused; the outside stays open. */
import { describe, expect, it } from 'vitest';
import { isPublicAddress, whyNotPublic } from './public-address.ts';

const why = (url: string): string | null => whyNotPublic(new URL(url));

describe('public addresses', () => {
  it.each([
    'https://127.0.0.1/', 'https://127.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://017700000001/', 'https://0/', 'https://10.1.2.3/',
    'https://172.16.0.1/', 'https://172.31.255.255/', 'https://192.168.1.1/', 'https://169.254.169.254/latest/meta-data/', 'https://100.64.0.1/',
    'https://224.0.0.1/', 'https://255.255.255.255/', 'https://[::1]/', 'https://[::]/', 'https://[fe80::1]/', 'https://[fd00:ec2::254]/',
    'https://[::ffff:127.0.0.1]/', 'https://[::ffff:a9fe:a9fe]/', 'https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[2001:db8::1]/',
    'https://localhost/', 'https://localhost./', 'https://a.localhost/', 'https://printer.local/', 'https://metadata.google.internal/', 'https://intranet/',
    'http://shop.example.com/', 'https://user:secret@shop.example.com/', 'https://127。0。0。1/',
  ])('refuses %s', (url) => {
    expect(why(url)).not.toBeNull();
  });

  it.each(['https://fernway.myshopify.com/admin', 'https://api.stripe.com/v1', 'https://8.8.8.8/', 'https://172.32.0.1/', 'https://[2606:4700::1111]/', 'https://shop.example.com:8443/'])('allows %s', (url) => {
    expect(why(url)).toBeNull();
  });

  it('judges what a resolver answers', () => {
    expect(['93.184.216.34', '2a00:1450::1'].every(isPublicAddress)).toBe(true);
    expect(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', 'not an address', '1.2.3.999'].some(isPublicAddress)).toBe(false);
  });
});
