/**
 * The network as this machine's kernel tells it: links, addresses, routes and neighbours, read from files of Linux, so that a
 * machine without NetworkManager can be validated too. It changes nothing; only `answersARP` sends a packet.
 *
 * @see proc(5), https://docs.kernel.org/ABI/testing/sysfs-class-net
 */
import { createSocket } from 'node:dgram';
import { readFile, readdir, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface KernelInterface {
  readonly name: string;
  readonly kind: 'wired' | 'wifi';
  /** Lower case with colons. */
  readonly hardwareAddress: string;
  readonly hasLink: boolean;
  /** The link waits for a login of 802.1X (IF_OPER_DORMANT, RFC 2863). */
  readonly isDormant: boolean;
  /** Mbit/s; null where the driver does not say. */
  readonly speed: number | null;
  readonly duplex: string | null;
  readonly addresses: readonly { readonly address: string; readonly prefixLength: number }[];
}

export interface KernelRoute {
  readonly interface: string;
  readonly destination: string;
  readonly prefixLength: number;
  /** Null: the destination is on the link. */
  readonly router: string | null;
  readonly metric: number;
}

export interface Neighbour {
  readonly address: string;
  readonly interface: string;
  /** Null while it has not answered. */
  readonly hardwareAddress: string | null;
}

/** ARPHRD_ETHER of if_arp.h: Ethernet and Wi-Fi have it, loopback and tunnels do not. */
const ETHERNET = 1;
const SYSTEM = '/sys/class/net';
/** Flags of /proc/net/route (route.h) and /proc/net/arp (if_arp.h). */
const ROUTE_UP = 0x1;
const ROUTE_BY_ROUTER = 0x2;
const ROUTE_REJECTED = 0x200;
const NEIGHBOUR_COMPLETE = 0x2;
/** Linux asks three times, a second apart (arp(7), mcast_solicit), before it gives up. */
const ARP_MS = 3500;
const ARP_LOOK_EVERY_MS = 50;
/** Discard (RFC 863): whoever gets it has nothing to answer. */
const ANY_PORT = 9;

/** Every interface that could lead to a hospital's network: not loopback, not tunnels. */
export async function readInterfaces(): Promise<readonly KernelInterface[]> {
  const names = await readdir(SYSTEM).catch(() => [] as string[]);
  const addresses = networkInterfaces();
  const found: KernelInterface[] = [];
  for (const name of names.toSorted()) {
    const part = async (file: string): Promise<string | null> =>
      await readFile(path.join(SYSTEM, name, file), 'utf8').then(
        (text) => text.trim(),
        () => null,
      );
    if (Number(await part('type')) !== ETHERNET) continue;
    const speed = Number(await part('speed'));
    const operState = await part('operstate');
    found.push({
      name,
      kind: (await exists(path.join(SYSTEM, name, 'wireless'))) ? 'wifi' : 'wired',
      hardwareAddress: (await part('address')) ?? '',
      // Reading it fails while the interface is switched off.
      hasLink: (await part('carrier')) === '1',
      isDormant: operState === 'dormant',
      speed: Number.isSafeInteger(speed) && speed > 0 ? speed : null,
      duplex: await part('duplex'),
      addresses: (addresses[name] ?? [])
        .filter(({ family }) => family === 'IPv4')
        .map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split('/')[1] ?? 32) })),
    });
  }
  return found;
}

/** The routing table for IPv4. */
export async function readRoutes(): Promise<readonly KernelRoute[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8'));
}

/** The neighbours that this machine talked to, or tried to. */
export async function readNeighbours(): Promise<readonly Neighbour[]> {
  return parseNeighbours(await readFile('/proc/net/arp', 'utf8'));
}

/**
 * Asks for a neighbour by ARP, as every packet to it asks: a router that answers no ping answers ARP.
 * @param interfaceName where it has to answer; null: anywhere
 */
export async function answersARP(
  address: string,
  interfaceName: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  try {
    socket.send(new Uint8Array(1), ANY_PORT, address, () => undefined);
    const untilMs = performance.now() + ARP_MS;
    while (performance.now() < untilMs && !signal.aborted) {
      const neighbours = await readNeighbours();
      const isHere = neighbours.some(
        (each) =>
          each.address === address &&
          each.hardwareAddress !== null &&
          (interfaceName === null || each.interface === interfaceName),
      );
      if (isHere) return true;
      await pause(ARP_LOOK_EVERY_MS);
    }
    return false;
  } finally {
    socket.close();
  }
}

/** Reads `/proc/net/route`: numbers are in the byte order of the machine, which is little-endian wherever carts run. */
export function parseRoutes(text: string): readonly KernelRoute[] {
  const routes: KernelRoute[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, router, flagsText, , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || destination === undefined || router === undefined) continue;
    const flags = Number.parseInt(flagsText ?? '0', 16);
    if ((flags & ROUTE_UP) === 0 || (flags & ROUTE_REJECTED) !== 0) continue;
    routes.push({
      interface: name,
      destination: dotted(destination),
      prefixLength: ones(mask ?? '0'),
      router: (flags & ROUTE_BY_ROUTER) === 0 ? null : dotted(router),
      metric: Number(metric ?? 0),
    });
  }
  return routes;
}

export function parseNeighbours(text: string): readonly Neighbour[] {
  const neighbours: Neighbour[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [address, , flags, hardwareAddress, , device] = line.trim().split(/\s+/);
    if (address === undefined || device === undefined) continue;
    const isComplete = (Number.parseInt(flags ?? '0', 16) & NEIGHBOUR_COMPLETE) !== 0;
    neighbours.push({
      address,
      interface: device,
      hardwareAddress: isComplete ? (hardwareAddress ?? null) : null,
    });
  }
  return neighbours;
}

/** The route that the kernel would take: the longest prefix, then the smallest metric. @param address dotted quad */
export function routeTo(routes: readonly KernelRoute[], address: string): KernelRoute | null {
  const target = toNumber(address);
  const fitting = routes.filter(({ destination, prefixLength }) => {
    const mask = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
    return (target & mask) >>> 0 === (toNumber(destination) & mask) >>> 0;
  });
  const [best] = fitting.toSorted(
    (one, other) => other.prefixLength - one.prefixLength || one.metric - other.metric,
  );
  return best ?? null;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum * 256 + Number(part)) >>> 0, 0);
}

function dotted(hexadecimal: string): string {
  const value = Number.parseInt(hexadecimal, 16);
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24].join('.');
}

function ones(hexadecimal: string): number {
  let count = 0;
  for (let rest = Number.parseInt(hexadecimal, 16); rest > 0; rest = Math.floor(rest / 2))
    count += rest % 2;
  return count;
}

async function exists(place: string): Promise<boolean> {
  return await stat(place).then(
    () => true,
    () => false,
  );
}
