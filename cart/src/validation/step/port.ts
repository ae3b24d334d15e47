/**
 * Is TCP open to the gateway? A reset is a closed port, an ICMP answer a router or firewall that prohibits, silence a packet
 * filter that drops. Where a proxy is set the cart never goes there itself.
 */
import { connect } from 'node:net';
import { findPortal } from '../captive-portal.ts';
import { failed, passed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** The SYN goes out at 0, 1 and 3 s (RFC 6298). */
const CONNECT_MS = 6000;
const ADDRESSES_MAX = 4;

type Answer =
  | { readonly kind: 'closed' | 'dropped'; readonly tookMs: number }
  | { readonly kind: 'open'; readonly tookMs: number; readonly source: string | null }
  | { readonly kind: 'refused'; readonly tookMs: number; readonly error: string };

export const portStep: Step = {
  name: 'port',
  needs: ['names'],
  limitMs: 9000,
  otherwise: 'PORT_DROPPED',
  async take(scene, signal) {
    if (scene.options.road.proxy.kind !== 'none') {
      return {
        result: 'left-out',
        said: 'A proxy is set: the cart does not go to the gateway itself.',
      };
    }
    const addresses = scene.addresses.slice(0, ADDRESSES_MAX);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
    const answers = await Promise.all(
      addresses.map(async (address) => ({ address, answer: await tryPort(scene, address, limit) })),
    );
    const best =
      answers.find(({ answer }) => answer.kind === 'open') ??
      answers.find(({ answer }) => answer.kind === 'closed') ??
      answers.find(({ answer }) => answer.kind === 'refused') ??
      answers[0];
    if (best === undefined) return failed('PORT_DROPPED', ends(scene));
    scene.address = best.address;
    // The cart's address, also where no adapter could be looked at.
    if (best.answer.kind === 'open') scene.source ??= best.answer.source;
    if (best.answer.kind === 'open') return said(scene, best.answer);
    const { serverName } = scene.options.road.gateway;
    const location = await findPortal(best.address, serverName, signal);
    if (location === null) return said(scene, best.answer);
    return {
      result: 'handed-on',
      to: 'inspection',
      outcome: failed('CAPTIVE_PORTAL', { ...ends(scene), location }),
      said: 'TCP port {port} is not open; a login page of the network answers on port 80.',
      seen: ends(scene),
    };
  },
};

function said(scene: Scene, answer: Answer): Outcome {
  const seen = { ...ends(scene), tookMs: Math.round(answer.tookMs) };
  switch (answer.kind) {
    case 'open':
      return passed(seen);
    case 'closed':
      return failed('PORT_CLOSED', seen);
    case 'refused':
      return failed('ROAD_REFUSED', { ...seen, error: answer.error });
    case 'dropped':
      return failed('PORT_DROPPED', seen);
  }
}

function tryPort(scene: Scene, host: string, signal: AbortSignal): Promise<Answer> {
  const { port } = scene.options.road.gateway;
  const { monotonicMs } = scene.options;
  const beganMs = monotonicMs();
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: Answer): void => {
      signal.removeEventListener('abort', onLate);
      socket.destroy();
      resolve(answer);
    };
    const tookMs = (): number => monotonicMs() - beganMs;
    const onLate = (): void => settle({ kind: 'dropped', tookMs: tookMs() });
    socket.once('connect', () =>
      settle({ kind: 'open', tookMs: tookMs(), source: socket.localAddress ?? null }),
    );
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      const error = fault.code ?? 'unknown';
      if (error === 'ETIMEDOUT') settle({ kind: 'dropped', tookMs: tookMs() });
      else if (error === 'ECONNREFUSED' || error === 'ECONNRESET')
        settle({ kind: 'closed', tookMs: tookMs() });
      else settle({ kind: 'refused', tookMs: tookMs(), error });
    });
    signal.addEventListener('abort', onLate, { once: true });
    if (signal.aborted) onLate();
  });
}
