/** Does the hospital's proxy open the way to the gateway? The road itself is taken, so that what validates is what is used. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { openRoad, ProxyFailure } from '../../road/road.ts';
import { failed, isFinding, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { ends } from '../scene.ts';
import type { Step } from '../scene.ts';

/** A press is answered within seconds only when this is. */
const SLOW_MS = 3000;

export const proxyStep: Step = {
  name: 'proxy',
  needs: ['names', 'port'],
  limitMs: 20_000,
  otherwise: 'PROXY_UNREACHABLE',
  async take(scene, signal) {
    const { road, monotonicMs } = scene.options;
    if (road.proxy.kind === 'none') return { result: 'left-out', said: 'No proxy is set.' };
    const beganMs = monotonicMs();
    const tookMs = (): number => Math.round(monotonicMs() - beganMs);
    const seen: Facts = { ...ends(scene), ...placeOf(road.proxy) };
    try {
      const { socket, proxy, address } = await openRoad(road, signal, scene.memory);
      socket.destroy();
      scene.address = address;
      const found: Facts = {
        ...seen,
        ...(proxy === null
          ? { authentication: 'none' }
          : { host: proxy.host, port: proxy.port, authentication: proxy.authentication }),
        tookMs: tookMs(),
      };
      if (proxy === null)
        return passed(found, 'The PAC file {pacUrl} lets the cart go to {gateway} directly.');
      return tookMs() > SLOW_MS ? warned('PROXY_SLOW', found) : passed(found);
    } catch (fault) {
      const found = { ...seen, ...factsOf(fault), tookMs: tookMs() };
      if (signal.aborted) return failed('PROXY_SLOW', found);
      if (fault instanceof DomainError && isFinding(fault.code)) return failed(fault.code, found);
      return failed('PROXY_UNREACHABLE', found);
    }
  },
};

function placeOf(proxy: ProxySettings): Facts {
  if (proxy.kind === 'manual') return { host: proxy.host, port: proxy.port, pacUrl: null };
  if (proxy.kind === 'pac') return { host: null, port: null, pacUrl: withoutSecrets(proxy.url) };
  return {};
}

/** An address may carry credentials, which no report says. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'not an address';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Why a proxy was not reached, for a person. */
const REASONS: Readonly<Record<string, string>> = {
  PORT_CLOSED: 'the port is closed',
  PORT_DROPPED: 'no answer',
  ROAD_REFUSED: 'the network prohibits it',
  NO_ROUTE: 'no route',
};

/** A proxy that a PAC file names is known by what went wrong with it. */
function factsOf(fault: unknown): Facts {
  const cause = fault instanceof Error ? fault.cause : null;
  const error = REASONS[cause instanceof DomainError ? cause.code : ''] ?? 'no answer';
  return fault instanceof ProxyFailure ? { error, host: fault.host, port: fault.port } : { error };
}
