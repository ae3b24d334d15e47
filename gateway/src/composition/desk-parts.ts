/** What the desk is put together from beside its features: who holds what, and what follows from it. */
import type { CartEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import type { Authority } from '../authority/contract.ts';
import type { Carts } from '../desk/cart/cart.ts';
import type { Events } from '../desk/events/events.ts';
import type { DeskContext } from '../desk/platform/desk-context.ts';
import { Postures } from '../desk/posture/posture.ts';
import type { ServiceCases } from '../desk/service-case/service-case.ts';
import type { RemoteSessions } from '../desk/session/session.ts';
import type { PersonAtWork, SignIn } from '../desk/sign-in/sign-in.ts';
import type { Role } from '../directory/contract.ts';
import { posturePolicyOf } from '../platform/configuration/section-posture.ts';
import type { Log } from '../platform/log/log.ts';
import type { Storage } from './zones.ts';

/** Of one cart, in evidence. */
const CERTIFICATES_MAX = 64;

/** The certificates of every cart that was ever seen. */
export async function* cartCertificates(
  authority: Authority,
  carts: Carts,
): AsyncGenerator<CartEvidence> {
  for (const serial of (await carts.seen()).keys()) {
    const entries = await authority.certificatesOf({ kind: 'cart', id: serial });
    const certificates = entries.map(({ der }) => encodePEM('CERTIFICATE', der)).toReversed();
    if (certificates.length > 0)
      yield { serial, certificates: certificates.slice(-CERTIFICATES_MAX), journal: null };
  }
}

/** The workstations' posture, and that of the machine on which this gateway runs. */
export function makePostures(
  context: DeskContext,
  { configuration, hostRoot }: Pick<Storage, 'configuration' | 'hostRoot'>,
  onHostChanged: () => void,
): Postures {
  const { demo, posture } = configuration;
  const clamdSocket = posture?.kind === 'required' ? posture.clamdSocket : undefined;
  const machine = { root: hostRoot, ...(clamdSocket === undefined ? {} : { clamdSocket }) };
  return new Postures(context, {
    policy: posturePolicyOf(demo, posture),
    readHost: async () => await readPosture(machine),
    onHostChanged,
  });
}

export function onlyCertificate(pem: string): Uint8Array {
  const [der] = decodePEM('CERTIFICATE', pem);
  if (der === undefined) throw new TypeError('The authority gives the root of its workstations.');
  return der;
}

/** Whether an account allows the role that works on carts; null allows whatever the directory says. */
export function worksOnCarts(roles: readonly Role[] | null): boolean {
  return roles === null || roles.includes('technician');
}

/** Who holds a remote session now, by their accounts. */
export async function holdersOf(
  sessions: RemoteSessions,
  signIn: SignIn,
): Promise<readonly PersonAtWork[]> {
  const holders: PersonAtWork[] = [];
  for (const { session } of sessions.running()) {
    const account = await signIn.accounts.byId(session.technician);
    if (account === null) continue;
    const { directoryLogin, id: technicianId } = account;
    holders.push({ directoryLogin, technicianId });
  }
  return holders;
}

/** A case that was opened or resolved changes what its cart shows. */
export function followCases(
  events: Events,
  cases: ServiceCases,
  sessions: RemoteSessions,
  log: Log,
): void {
  events.listen((event) => {
    if (event.type !== 'case') return;
    void cases.store
      .find(event.case)
      .then(async (found) => {
        if (found !== null) await sessions.caseChanged(found.cart);
      })
      .catch((fault: unknown) => log.warn({ err: fault }, 'a cart could not be shown its case'));
  });
}
