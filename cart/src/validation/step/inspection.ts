/**
 * Is it the gateway that answers, untouched? One certificate of another authority for the gateway's name is an inspecting
 * firewall, and its authority is named; one for another name is another server. Silence is told from a path on which long packets vanish:
 * the handshake is the first long thing that is sent.
 */
import { X509Certificate } from 'node:crypto';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import {
  EST_ANSWER_CHARACTERS_MAX,
  EST_PATHS,
  decodeESTBody,
} from '@chaperone/protocol/est/est.ts';
import { findPortal } from '../captive-portal.ts';
import { GatewayLine } from '../gateway-line.ts';
import { longPacketsLost, takeLook } from '../look.ts';
import type { Look, Way } from '../look.ts';
import { failed, passed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import {
  fingerprintOf,
  isForServer,
  isIssuedBy,
  isPinned,
  namesOf,
  readableName,
} from '../pinned.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

export const inspectionStep: Step = {
  name: 'inspection',
  needs: ['port', 'proxy'],
  limitMs: 14_000,
  otherwise: 'TLS_BROKEN_OFF',
  async take(scene, signal) {
    const { road } = scene.options;
    const { memory } = scene;
    const look = scene.look ?? (await takeLook({ road, memory }, signal));
    scene.look = look;
    if (look.kind === 'silent') {
      const direction = await longPacketsLost({ road, memory }, signal);
      if (direction === null)
        return failed('TLS_BROKEN_OFF', {
          ...ends(scene),
          error: 'no answer to its first message',
        });
      return {
        result: 'handed-on',
        to: 'path-mtu',
        outcome: failed('PATH_MTU_BLACK_HOLE', { ...ends(scene), direction }),
        said: 'TLS cannot be looked at: its long packets vanish on the way.',
      };
    }
    if (look.kind === 'shown') scene.options.onShown?.(look.localAddress);
    return await judge(scene, look, signal);
  },
};

/** Says what a look means. */
export async function judge(
  scene: Scene,
  look: Exclude<Look, { readonly kind: 'silent' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const seen = ends(scene);
  if (look.kind === 'broken-off') return failed('TLS_BROKEN_OFF', { ...seen, error: look.error });
  const portal = async (): Promise<string | null> =>
    scene.options.road.proxy.kind === 'none' && scene.address !== null
      ? await findPortal(scene.address, scene.options.road.gateway.serverName, signal)
      : null;
  if (look.kind === 'not-tls') {
    const location = await portal();
    if (location !== null) return failed('CAPTIVE_PORTAL', { ...seen, location });
    return failed('NOT_A_GATEWAY', { ...seen, certificate: 'it does not speak TLS' });
  }
  const [leaf] = look.chain;
  const top = look.chain.at(-1) ?? leaf;
  const issuer = readableName(top.issuer);
  const shown = {
    ...seen,
    issuer,
    certificate: namesOf(leaf),
    fingerprint: fingerprintOf(top),
    protocol: look.protocol,
  };
  if (await isOfGateway(scene, look, signal)) return passed(shown);
  if (scene.options.identity === null && scene.options.rootFingerprint === null) {
    return {
      result: 'blocked',
      said: 'Who answers cannot be judged: this cart knows no fingerprint of its root yet. The certificate comes from {issuer}.',
      seen: shown,
    };
  }
  if (leaf.checkHost(scene.options.road.gateway.serverName) !== undefined)
    return failed('TLS_INSPECTED', shown);
  const location = await portal();
  return location === null
    ? failed('NOT_A_GATEWAY', shown)
    : failed('CAPTIVE_PORTAL', { ...shown, location });
}

async function isOfGateway(
  scene: Scene,
  look: Extract<Look, { readonly kind: 'shown' }>,
  signal: AbortSignal,
): Promise<boolean> {
  const { identity, rootFingerprint, road } = scene.options;
  const [leaf] = look.chain;
  if (identity !== null) return isPinned(leaf, identity.cartRootPem);
  if (rootFingerprint === null || !isForServer(leaf)) return false;
  // The root need not be part of a chain (RFC 8446 section 4.4.2): whoever answers is asked for it, and believed by the fingerprint.
  const roots = [...look.chain, ...(await fetchRoots({ road, memory: scene.memory }, signal))];
  return roots.some(
    (root) => fingerprintOf(root).startsWith(rootFingerprint) && isIssuedBy(leaf, root),
  );
}

async function fetchRoots(way: Way, signal: AbortSignal): Promise<readonly X509Certificate[]> {
  const line = new GatewayLine({ ...way, identity: null });
  try {
    const { status, body } = await line.ask({ method: 'GET', path: EST_PATHS.cacerts }, signal);
    if (status !== 200) return [];
    const der = decodeESTBody(body.toString('latin1'), EST_ANSWER_CHARACTERS_MAX);
    return readCertificatesOnly(der).map((each) => new X509Certificate(each));
  } catch {
    signal.throwIfAborted();
    return [];
  } finally {
    line.close();
  }
}
