/**
 * Which addresses are asked. Whoever runs Usher for many communities can forbid private ones (BLOCK_PRIVATE_ADDRESSES),
 * so that no community can reach into the operator's own network (discord.md 3.4); and without encryption only the
 * operator's own network is asked, unless an admin takes that.
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { buildConnector } from 'undici';

/** Judges an address, as text. */
type Judge = (address: string) => boolean;

/**
 * The IANA registry of special-purpose IPv4 addresses, whole: also what anybody may reach there is nobody's media
 * server. Below it multicast, which has a registry of its own.
 */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/**
 * Of IPv6 the other way round, since most of it is nobody's: what is given out to networks, and the two ways to write
 * an IPv4 address, which counts as that address. Everything else is private: loopback, unique-local, link-local,
 * site-local, multicast, NAT64 of the own network (64:ff9b:1::/48), IPv4-compatible, discard-only, segment routing.
 */
const GIVEN_OUT_IPV6 = [
  ['2000::', 3],
  ['64:ff9b::', 96],
  ['::ffff:0:0', 96],
] as const;

/** What the registry names within 2000::/3. Teredo is in the first; in 6to4 (2002::) anybody's address may hide. */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const;

/** The operator's own network, and that of a VPN (100.64.0.0/10). */
const OWN_IPV4 = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const;
const OWN_IPV6 = [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const;

type Ranges = readonly (readonly [network: string, bits: number])[];

/** Node compares an IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) with the IPv4 ranges. */
function ranges(ipv4: Ranges, ipv6: Ranges): BlockList {
  const list = new BlockList();
  for (const [network, bits] of ipv4) list.addSubnet(network, bits, 'ipv4');
  for (const [network, bits] of ipv6) list.addSubnet(network, bits, 'ipv6');
  return list;
}

/** NAT64 writes an IPv4 address into the last 32 bits (RFC 6052). */
const NAT64 = SPECIAL_IPV4.map(([network, bits]) => [`64:ff9b::${network}`, 96 + bits] as const);
const SPECIAL = ranges(SPECIAL_IPV4, [...SPECIAL_IPV6, ...NAT64]);
const GIVEN_OUT = ranges([], GIVEN_OUT_IPV6);
const OWN = ranges(OWN_IPV4, OWN_IPV6);

/** Whether an address is not one of the public internet: private, local, reserved, or a way to write such a one. */
export const isPrivateAddress: Judge = judge((address, family) =>
  family === 'ipv6' && !GIVEN_OUT.check(address, family) ? true : SPECIAL.check(address, family),
);

/** Whether an address is in the network of this machine, so that what is sent there does not cross the internet. */
export const isOwnNetwork: Judge = judge((address, family) => OWN.check(address, family));

function judge(check: (address: string, family: 'ipv4' | 'ipv6') => boolean): Judge {
  return (text) => {
    // Of an address of a link, the interface is no part of it.
    const address = text.replace(/%.*$/, '');
    const family = isIP(address);
    return family !== 0 && check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** The operator does not let private addresses be asked. */
class PrivateAddress extends Error {
  readonly code = 'PRIVATE_ADDRESS';
}

/** Nothing is encrypted on the way to an address outside of the own network, and nobody has taken that. */
class PlainHttp extends Error {
  readonly code = 'PLAIN_HTTP';
}

/** The look-up function that `net.connect` accepts. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, addresses: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * A look-up that fails when any address of a name is forbidden. The socket connects to the addresses returned here,
 * so the name cannot change its meaning between the check and the connection.
 */
export function lookupWithout(isForbidden: Judge, resolve: typeof systemLookup = systemLookup): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      if (addresses.some(({ address }) => isForbidden(address)))
        return callback(new PrivateAddress(hostname), []);
      const [first] = addresses;
      if (options.all || !first) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

/**
 * Connections that carry nothing in plain HTTP to an address outside of the own network. Decided by the address that
 * the socket is connected to, before anything is sent: a name may lead elsewhere each time.
 */
export function ownNetworkOnly(
  connect: buildConnector.connector,
  isOwn = isOwnNetwork,
): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      const { remoteAddress } = socket;
      // Without an address the other side has closed it already, so that nothing gets there.
      if (options.protocol === 'http:' && remoteAddress !== undefined && !isOwn(remoteAddress)) {
        socket.destroy();
        return callback(new PlainHttp(), null);
      }
      callback(null, socket);
    });
  };
}
