/** Every spelling of an address, against an independent witness: Node's own list of blocks, filled from the registry by hand. */
import { BlockList, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { between, createRandom, pick } from '#core/math/random';
import type { Random } from '#core/math/random';
import { isPublicAddress, whyNotPublic } from './public-address.ts';

/** IANA special-purpose address registries: not globally reachable, or not unicast. Bounds of each block, so that edges are tried. */
const CLOSED_4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
];
/** All that is outside 2000::/3, and of that the special blocks: Teredo and its like, documentation, 6to4. */
const CLOSED_6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

function listOf(blocks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const block of blocks) list.addSubnet(block.split('/')[0] ?? '', Number(block.split('/')[1]), family);
  return list;
}
// Two lists: in one, an IPv4 address counts as its mapped form and would fall under ::/3.
const witness = { ipv4: listOf(CLOSED_4, 'ipv4'), ipv6: listOf(CLOSED_6, 'ipv6') };
const isOpen = (address: string, family: 'ipv4' | 'ipv6'): boolean => !witness[family].check(address, family);

const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => String(Math.floor(address / 2 ** shift) % 256)).join('.');
const numberOf = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** An address anywhere, or at or next to an edge of a block. */
function anyIpv4(random: Random): number {
  if (random() < 0.3) return Math.floor(random() * 2 ** 32);
  const [start = '', bits = '0'] = pick(random, CLOSED_4).split('/');
  const size = 2 ** (32 - Number(bits));
  const at = numberOf(start) + pick(random, [-1, 0, 1, Math.floor(size / 2), size - 1, size, Math.floor(random() * size)]);
  return ((at % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

/** The ways in which people and attackers write the same address; a URL reads all of them. */
function spelled(address: number, random: Random): string {
  const parts = dotted(address).split('.').map(Number);
  const part = (value: number): string => pick(random, [String(value), `0${value.toString(8)}`, `0x${value.toString(16)}`, `0X${value.toString(16).toUpperCase()}`, `0x0000${value.toString(16)}`]);
  const kept = between(random, 0, 3);
  const last = parts.slice(kept).reduce((sum, value) => sum * 256 + value, 0);
  const text = [...parts.slice(0, kept), last].map(part).join('.');
  const written = pick(random, [text, `${text}.`, [...text].map((c) => (/[.]/.test(c) ? '。' : c)).join(''), [...text].map((c) => (/\d/.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c)).join(''), text.replaceAll('0', '%30')]);
  return written;
}

function anyIpv6(random: Random): string {
  const groups = Array.from({ length: 8 }, () => Math.floor(random() * 65536));
  const edge = pick(random, [null, 'block', 'zero', 'mapped', 'compatible', 'nat64', 'nat64 local', '6to4', 'unique local', 'link local', 'multicast', 'documentation', 'teredo'] as const);
  const four = anyIpv4(random), high = Math.floor(four / 65536), low = four % 65536;
  switch (edge) {
    case null: break;
    case 'block': groups.splice(0, 1, pick(random, [0x1fff, 0x2000, 0x2001, 0x2002, 0x2003, 0x3ffe, 0x3fff, 0x4000]), pick(random, [0, 0x1ff, 0x200, 0xdb7, 0xdb8, 0xdb9, 0xfff, 0x1000])); groups.length = 8; break;
    case 'zero': return pick(random, ['::', '::1', '0:0:0:0:0:0:0:1', '1::', '::ffff']);
    case 'mapped': return pick(random, [`::ffff:${dotted(four)}`, `::ffff:${high.toString(16)}:${low.toString(16)}`, `0:0:0:0:0:ffff:${dotted(four)}`, `::FFFF:${dotted(four)}`]);
    case 'compatible': return `::${dotted(four)}`;
    case 'nat64': return `64:ff9b::${dotted(four)}`;
    case 'nat64 local': return `64:ff9b:1::${dotted(four)}`;
    case '6to4': return `2002:${high.toString(16)}:${low.toString(16)}::1`;
    case 'unique local': groups[0] = between(random, 0xfc00, 0xfdff); break;
    case 'link local': groups[0] = between(random, 0xfe80, 0xfeff); break;
    case 'multicast': groups[0] = between(random, 0xff00, 0xffff); break;
    case 'documentation': groups.splice(0, 2, 0x2001, 0xdb8); break;
    case 'teredo': groups.splice(0, 2, 0x2001, 0); break;
  }
  const text = groups.map((group) => group.toString(16)).join(':');
  return random() < 0.3 ? text.toUpperCase() : text;
}

const SEED = 'addresses';
const ROUNDS = 20_000;

describe(`addresses of seed ${SEED}`, () => {
  it('of IPv4 are open exactly where the witness says so, however they are spelled', () => {
    const random = createRandom(SEED);
    let open = 0;
    for (let n = 0; n < ROUNDS; n++) {
      const address = anyIpv4(random);
      const expected = isOpen(dotted(address), 'ipv4');
      const text = spelled(address, random);
      const host = new URL(`https://${text}/`).hostname;
      expect(host, text).toBe(dotted(address));
      expect(isPublicAddress(dotted(address)), dotted(address)).toBe(expected);
      expect(whyNotPublic(new URL(`https://${text}/`)) === null, text).toBe(expected);
      open += Number(expected);
    }
    expect(open / ROUNDS).toBeGreaterThan(0.2);
    expect(open / ROUNDS).toBeLessThan(0.8);
  });

  it('of IPv6 are open exactly where the witness says so, and never where they carry an IPv4 address', () => {
    const random = createRandom(`${SEED} 6`);
    let open = 0;
    for (let n = 0; n < ROUNDS; n++) {
      const text = anyIpv6(random);
      expect(isIPv6(text), text).toBe(true);
      const expected = isOpen(text, 'ipv6');
      expect(isPublicAddress(text), text).toBe(expected);
      expect(whyNotPublic(new URL(`https://[${text}]/`)) === null, text).toBe(expected);
      open += Number(expected);
    }
    expect(open / ROUNDS).toBeGreaterThan(0.02);
  });

  it('that are none are refused as what a resolver said', () => {
    const random = createRandom(`${SEED} none`);
    for (const text of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '0x7f.0.0.1', '8.8.8.8 ', ' 8.8.8.8', '8.8.8.8/8', '2606:4700::1%eth0', '2606:4700:::1', '2606:4700::1::', '12345::', 'example.com', '٨.٨.٨.٨', '8.8.8.８']) expect(isPublicAddress(text), text).toBe(false);
    for (let n = 0; n < 2_000; n++) {
      const text = Array.from({ length: between(random, 1, 20) }, () => pick(random, [...'0123456789abcdef.:[]%x'])).join('');
      if (isPublicAddress(text)) expect(isOpen(text.replace(/^\[|\]$/g, ''), text.includes(':') ? 'ipv6' : 'ipv4'), text).toBe(true);
    }
  });
});

describe('names', () => {
  it.each([
    'https://localhost../', 'https://LOCALHOST/', 'https://x.localhost./', 'https://a..example.com/', 'https://.example.com/', 'https://metadata.google.internal./computeMetadata/v1/', 'https://metadata/', 'https://x.home.arpa/', 'https://kubernetes.default.svc.cluster.local/',
    'https://instance-data.ec2.internal/', 'https://shop.example.com@127.0.0.1/', 'https://127.0.0.1@shop.example.com/', 'https://[::ffff:7f00:1]/', 'https://[::127.0.0.1]/', 'https://[fd00:ec2::254]/', 'https://100.100.100.200/', 'https://168.63.129.16/',
    'https://shop.example.com:22/', 'https://shop.example.com:25/', 'https://shop.example.com:80/', 'https://shop.example.com:0/', 'https://shop.example.com:445/', 'ws://shop.example.com/', 'gopher://shop.example.com/', 'https:shop',
  ])('are refused where they lead inside: %s', (text) => {
    expect(URL.canParse(text) ? whyNotPublic(new URL(text)) : 'no address at all').not.toBeNull();
  });

  it.each(['https://shop.example.com/', 'https://shop.example.com./', 'https://shop.example.com:443/', 'https://shop.example.com:8443/', 'https://SHOP.example.com/', 'https://xn--mnchen-3ya.example/', 'https://localhost.example.com/'])('are open outside: %s', (text) => {
    expect(whyNotPublic(new URL(text))).toBeNull();
  });
});
