import { isIPv6 } from 'node:net';

/**
 * What attempts are counted under: an IPv4 address, or the 64 bits of an IPv6 address that name the network,
 * since the rest is chosen by whoever holds it (RFC 4291, 2.5.1).
 */
export function addressKey(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (ip.split('%')[0] ?? '').split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const missing = tail === undefined ? 0 : 8 - left.length - groups(tail).length;
  const whole = [...left, ...Array.from({ length: missing }, () => '0'), ...groups(tail ?? '')];
  const network = whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
