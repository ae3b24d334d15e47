/**
 * Is the gateway's certificate the one that the cart will accept in life: name, dates, SHA3-256 all the way up; and does the
 * gateway accept the cart's? Dates are judged by the gateway's clock where the two clocks differ: that is the next step's finding.
 */
import { COMMISSIONING_PATHS, gatewayStatus } from '@chaperone/protocol/commissioning/service.ts';
import { isRenewalDue } from '../../licence/licence.ts';
import { GatewayLine } from '../gateway-line.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { isSHA3, namesOf, rootsOf, signatureOf } from '../pinned.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** Beyond this the clock is what is wrong, not the certificate. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The gateway answered, and not as one does: an instant that no calendar has, for example. */
const UNREADABLE = 'unreadable';

export const certificateStep: Step = {
  name: 'certificate',
  needs: ['inspection'],
  limitMs: 8000,
  otherwise: 'CART_REFUSED',
  async take(scene, signal) {
    const { look, options } = scene;
    const { gateway } = options.road;
    if (look?.kind !== 'shown') throw new Error('inspection passes with a certificate only');
    const [leaf] = look.chain;
    const pinned = options.identity === null ? [] : rootsOf(options.identity.cartRootPem);
    const signatures = [leaf, ...look.chain.slice(1), ...pinned];
    const unlike = signatures.find((each) => !isSHA3(each));
    const seen: Facts = {
      ...ends(scene),
      certificateNames: namesOf(leaf),
      signature: signatureOf(unlike ?? leaf),
      validFrom: leaf.validFromDate.toISOString(),
      validUntil: leaf.validToDate.toISOString(),
    };
    if (leaf.checkHost(gateway.serverName) === undefined)
      return failed('CERTIFICATE_NAME_WRONG', seen);
    if (unlike !== undefined) return failed('CERTIFICATE_CHAIN_WRONG', seen);
    const asked = options.identity === null ? null : await askStatus(scene, signal);
    const skewMs = scene.skewMs ?? 0;
    const nowMs = options.utcMs() + (Math.abs(skewMs) > CLOCK_TOLERANCE_MS ? skewMs : 0);
    if (nowMs < leaf.validFromDate.getTime() || nowMs > leaf.validToDate.getTime())
      return failed('CERTIFICATE_EXPIRED', seen);
    const { identity } = options;
    if (identity === null) return passed(seen);
    const own = { ...seen, cartValidUntil: new Date(identity.notAfterMs).toISOString() };
    if (nowMs > identity.notAfterMs) return failed('CART_CERTIFICATE_EXPIRED', own);
    if (asked === UNREADABLE) return failed('GATEWAY_ANSWER_UNREADABLE', own);
    if (asked !== null) return failed('CART_REFUSED', { ...own, error: asked });
    return isRenewalOverdue(identity, nowMs) ? warned('CART_CERTIFICATE_DUE', own) : passed(own);
  },
};

/** Renewal begins at two thirds of the life and is tried again and again: half of the last third is far too late. */
function isRenewalOverdue(
  identity: NonNullable<Scene['options']['identity']>,
  nowMs: number,
): boolean {
  const lifeMs = identity.notAfterMs - identity.notBeforeMs;
  return isRenewalDue(identity, nowMs) && nowMs >= identity.notAfterMs - lifeMs / 6;
}

/** Asks the gateway what it thinks of this cart, and notes its clock. @returns why the cart was refused, or UNREADABLE; null: it was not */
async function askStatus(scene: Scene, signal: AbortSignal): Promise<string | null> {
  const { road, identity, utcMs, monotonicMs } = scene.options;
  const line = new GatewayLine({ road, memory: scene.memory, identity });
  scene.line = line;
  // The first question opens the connection, the second tells the time.
  for (const isTimed of [false, true]) {
    const beganUtcMs = utcMs();
    const beganMs = monotonicMs();
    let answer;
    try {
      answer = await line.ask({ method: 'GET', path: COMMISSIONING_PATHS.status }, signal);
    } catch (fault) {
      signal.throwIfAborted();
      return fault instanceof Error && 'code' in fault ? String(fault.code) : 'closed';
    }
    if (answer.status === 401 || answer.status === 403) return codeOf(answer.body);
    if (answer.status !== 200) return null;
    const status = readStatus(answer.body);
    if (status === null) return UNREADABLE;
    scene.status = status;
    if (isTimed) {
      const roundTripMs = monotonicMs() - beganMs;
      scene.skewMs = status.utcMs - (beganUtcMs + roundTripMs / 2);
    }
  }
  return null;
}

function readStatus(body: Buffer): Scene['status'] {
  try {
    return gatewayStatus.parse(JSON.parse(body.toString('utf8')));
  } catch {
    return null;
  }
}

function codeOf(body: Buffer): string {
  return /"code":"([A-Z0-9_]{1,64})"/.exec(body.toString('utf8'))?.[1] ?? 'refused';
}
