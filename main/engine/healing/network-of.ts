/** The network an address is most likely in: the /24 of an IPv4 address, the /64 of an IPv6 one, the domain of a name. */
export function networkOf(host: string): string {
  const name = host.toLowerCase();
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return name.slice(0, name.lastIndexOf('.'));
  if (name.includes(':')) return firstGroups(name, 4);
  return name.slice(name.indexOf('.') + 1);
}

/** `2001:db8::1` has its zeros written out first. */
function firstGroups(address: string, count: number): string {
  const [head = '', tail] = address.split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, count).join(':');
}
