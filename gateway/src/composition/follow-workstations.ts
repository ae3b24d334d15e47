/** A workstation whose certificates were revoked is out at once, with the session that it holds. */
import type { Authority } from '../authority/contract.ts';
import type { RemoteSessions } from '../desk/session/session.ts';
import type { SignIn } from '../desk/sign-in/sign-in.ts';
import type { Log } from '../platform/log/log.ts';

export function followWorkstations(
  authority: Pick<Authority, 'onRevoked'>,
  signIn: Pick<SignIn, 'endOfWorkstation'>,
  sessions: Pick<RemoteSessions, 'endOfWorkstation'>,
  log: Log,
): void {
  // A workstation has several certificates; of the same one in turn, so that nothing is ended twice.
  const ending = new Map<string, Promise<void>>();
  authority.onRevoked(({ holder: { kind, id }, revocationReason }) => {
    // A certificate that has a newer one in its place ends nothing but its own connections.
    if (kind !== 'workstation' || revocationReason === 'superseded') return;
    const end = async (): Promise<void> => {
      await Promise.all([signIn.endOfWorkstation(id), sessions.endOfWorkstation(id)]);
    };
    const ended = (ending.get(id) ?? Promise.resolve())
      .then(end)
      .catch((fault: unknown) => log.error({ err: fault }, 'a workstation could not be retired'))
      .finally(() => {
        if (ending.get(id) === ended) ending.delete(id);
      });
    ending.set(id, ended);
  });
}
