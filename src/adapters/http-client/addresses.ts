/**
 * Addresses of private networks. Whoever runs Usher for many communities can forbid them (BLOCK_PRIVATE_ADDRESSES),
 * so that no community can reach into the operator's own network (discord.md 3.4).
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

/** Whether an address is private, local or reserved, also when it is written as an IPv6 address. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  // Node compares an IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) with the IPv4 ranges.
  return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

class PrivateAddress extends Error {
  readonly code = 'PRIVATE_ADDRESS';
}

/** The look-up function that `net.connect` accepts. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, addresses: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * A look-up that fails when any address of a name is private. The socket connects to the addresses returned here,
 * so the name cannot change its meaning between the check and the connection.
 */
export function publicOnly(resolve: typeof systemLookup = systemLookup): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      if (addresses.some(({ address }) => isPrivateAddress(address)))
        return callback(new PrivateAddress(hostname), []);
      const [first] = addresses;
      if (options.all || !first) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
