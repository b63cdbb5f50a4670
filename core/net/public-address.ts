/** Which addresses may be reached on somebody's behalf: only those of the public internet. */

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Private, loopback, link-local, carrier, documentation, benchmark, multicast and reserved blocks (IANA special-purpose registry). */
const CLOSED_IPV4: readonly (readonly [block: string, bits: number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
  ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3],
];

/** Platforms answer on 443; what listens below this speaks other protocols, which https would only be smuggled into. */
const LOWEST_OTHER_PORT = 1024;

/** Public by the registry, but a cloud's own metadata service to whoever runs inside it (Azure's wire server; Alibaba's lies in 100.64.0.0/10). */
const CLOSED_HOSTS: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Names that lead into a machine or a local network, whatever stands before them. */
const CLOSED_NAMES = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'home.arpa', 'test', 'invalid', 'onion'];

function ipv4Number(text: string): number | null {
  const bytes = IPV4.exec(text)?.slice(1).map(Number);
  if (!bytes || bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function isPublicIpv4(address: number): boolean {
  return !CLOSED_IPV4.some(([block, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor((ipv4Number(block) ?? 0) / size);
  });
}

/** The eight groups of an IPv6 address; null when it is none. */
function ipv6Groups(text: string): number[] | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const embedded = tail === null ? null : ipv4Number(tail[2] ?? '');
  if (tail !== null && embedded === null) return null;
  const hex = tail === null || embedded === null
    ? text
    : `${tail[1] ?? ''}${Math.floor(embedded / 65536).toString(16)}:${(embedded % 65536).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...rest];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null;
}

/** Only global unicast (2000::/3), without its special blocks and without those that carry an IPv4 address. */
function isPublicIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0] = groups;
  if (first < 0x2000 || first > 0x3fff) return false;
  const special = first === 0x2001 && (second < 0x0200 || second === 0x0db8);
  return !special && first !== 0x2002 && !(first === 0x3fff && second < 0x1000);
}

/** @param address an IP address as a resolver gives it, or as it stands in a URL, in brackets or not. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  const four = ipv4Number(bare);
  if (four !== null) return isPublicIpv4(four) && !CLOSED_HOSTS.has(bare);
  const six = ipv6Groups(bare);
  return six !== null && isPublicIpv6(six);
}

/** Whether a host as `URL.hostname` gives it (so `0x7f.1` has become `127.0.0.1`) is an IP address. */
export function isIpHost(host: string): boolean {
  return host.startsWith('[') || ipv4Number(host) !== null;
}

/**
 * Why this URL may not be called, in words for the person who gave it; null when it may, as far as can be told without asking a resolver.
 */
export function whyNotPublic(url: URL): string | null {
  if (url.protocol !== 'https:') return 'The address must begin with https://';
  if (url.username !== '' || url.password !== '') return 'The address must not carry a user name or password';
  if (url.port !== '' && Number(url.port) < LOWEST_OTHER_PORT) return 'The address must use the port 443, or one of 1024 and above';
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  if (isIpHost(host)) return isPublicAddress(host) ? null : 'The address leads into a private network';
  if (host.split('.').includes('')) return 'The address has a name with an empty part';
  if (!host.includes('.')) return 'The address must be a full name, such as shop.example.com';
  return CLOSED_NAMES.some((name) => host.endsWith(`.${name}`)) ? 'The address leads into a private network' : null;
}
