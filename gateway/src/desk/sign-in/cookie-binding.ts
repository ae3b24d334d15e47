/**
 * Binds the cookie of a sign-in to the workstation where it was given: with the certificate of another one it is worth
 * nothing, and ends. A cookie does not wander by itself; whoever shows it elsewhere has copied it, or planted it.
 */
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { SignInStore } from './sign-in-store.ts';

export class CookieBinding {
  readonly #ledger: DeskContext['ledger'];
  readonly #store: SignInStore;

  constructor({
    database,
    ledger,
    randomBytes,
  }: Pick<DeskContext, 'database' | 'ledger' | 'randomBytes'>) {
    this.#ledger = ledger;
    this.#store = new SignInStore(database, randomBytes);
  }

  /**
   * Tells whether a cookie may be used with a workstation's certificate: one that was given there, and one that is nobody's.
   * @param token not trusted
   */
  async isAtHome(token: string, workstation: WorkstationId): Promise<boolean> {
    const held = await this.#store.find(token);
    if (held === null || held.workstation === workstation) return true;
    // Ended first: of a cookie that is shown again and again there is one entry.
    if (await this.#store.end(held.tokenHash)) {
      this.#ledger.appendLater({
        kind: 'sign-in-elsewhere',
        technicianId: held.technicianId,
        workstationId: held.workstation,
        elsewhereId: workstation,
      });
    }
    return false;
  }
}
