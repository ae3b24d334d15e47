/**
 * Which way a PAC file sends the cart to its gateway: fetched, evaluated apart, and its answer read.
 *
 * The file is a program of somebody else. It decides about the road only; it cannot make the cart believe another gateway.
 */
import { authorityOf, PACNoRoad } from '../road-error.ts';
import type { RoadMemory } from '../road-memory.ts';
import { evaluatePAC } from './pac-evaluation.ts';
import { fetchPAC } from './pac-fetch.ts';
import type { PACSurroundings } from './pac-surroundings.ts';

export type Direction =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly host: string; readonly port: number };

/** More ways than a person would wait for. */
const DIRECTIONS_MAX = 6;
const NAMED_CHARACTERS_MAX = 120;
const PROXY_PORT = 80;

/**
 * Asks the PAC file which ways lead to the gateway, in their order: at least one.
 * @throws PACUnreachable, PACBroken, PACNoRoad, and the signal's reason
 */
export async function directionsOf(
  url: string,
  gateway: { readonly host: string; readonly port: number },
  memory: RoadMemory,
  surroundings: PACSurroundings,
): Promise<readonly Direction[]> {
  let text = memory.pac(url);
  if (text === null) {
    text = await fetchPAC(url, surroundings);
    memory.keepPAC(url, text);
  }
  const target = authorityOf(gateway.host, gateway.port);
  const named = await evaluatePAC({ url, text, target, host: gateway.host }, surroundings);
  const directions = readDirections(named);
  if (directions.length > 0) return directions;
  const shown = named.replaceAll(/[^\u0020-\u007e]/g, ' ').slice(0, NAMED_CHARACTERS_MAX);
  throw new PACNoRoad(url, target, shown);
}

/** Reads such as `PROXY a:8080; PROXY b:8080; DIRECT`. What the cart cannot use, SOCKS for one, is passed over. */
export function readDirections(named: string): readonly Direction[] {
  // As browsers have it: nothing named means that no proxy is needed.
  if (named.trim() === '') return [{ kind: 'direct' }];
  const directions = named.split(';').flatMap((each): readonly Direction[] => {
    const [kind = '', where = '', more] = each.trim().split(/\s+/);
    if (more !== undefined) return [];
    if (/^direct$/i.test(kind)) return where === '' ? [{ kind: 'direct' }] : [];
    if (!/^(?:proxy|http)$/i.test(kind)) return [];
    const [, bracketed, plain, digits] =
      /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::(\d{1,5}))?$/i.exec(where) ?? [];
    const host = bracketed ?? plain;
    const port = digits === undefined ? PROXY_PORT : Number(digits);
    if (host === undefined || port < 1 || port > 65_535) return [];
    return [{ kind: 'proxy', host, port }];
  });
  return directions.slice(0, DIRECTIONS_MAX);
}
