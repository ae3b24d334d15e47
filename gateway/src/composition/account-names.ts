/** The names of accounts, in memory: pages show them beside every act, and they hardly ever change. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Accounts } from '../desk/sign-in/sign-in.ts';

export class AccountNames {
  readonly #accounts: Accounts;
  #names: ReadonlyMap<string, string> = new Map();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Reads the names again; call it at start and after each change. */
  async refresh(): Promise<void> {
    this.#names = new Map((await this.#accounts.list()).map(({ id, name }) => [id, name]));
  }

  nameOf(technician: TechnicianId): string | null {
    return this.#names.get(technician) ?? null;
  }
}
