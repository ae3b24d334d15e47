/** The acts that take two people: what their target has to be, and what is done once they are approved. */
import { isId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { ProposedAct } from '@chaperone/protocol/console-api/administration.ts';
import { RETIRABLE_CHAINS } from '../../authority/contract.ts';
import type { Authority, RetirableChain } from '../../authority/contract.ts';
import { TargetUnknown } from '../administration/administration.ts';
import type { AccountActs, ActRecord, Actor } from '../administration/administration.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { SecondFactors } from '../second-factor/second-factor.ts';
import type { ServiceCases } from '../service-case/service-case.ts';
import { givePassword, hashPassword, newFirstPassword } from '../sign-in/sign-in.ts';
import type { Account, Accounts } from '../sign-in/sign-in.ts';
import { ProposalNeedless } from './two-person-error.ts';

export interface ProposedActParts {
  readonly accounts: Accounts;
  readonly accountActs: Pick<AccountActs, 'giveAdministrator'>;
  readonly secondFactors: Pick<SecondFactors, 'reset'>;
  readonly authority: Pick<Authority, 'retireChain' | 'isChainRetired'>;
  readonly cases: ServiceCases;
  readonly record: ActRecord;
  readonly endEverythingOf: (account: Account['id']) => Promise<void>;
}

type Context = Pick<DeskContext, 'clock' | 'database' | 'randomBytes' | 'ledger'>;

const CHAIN_NAMES: Readonly<Record<RetirableChain, string>> = {
  cart: 'the authority of the carts',
  workstation: 'the authority of the workstations',
  facility: 'the authority of the facilities',
};

/** Whether an act is about a case: what is said of it is then part of the case. */
export function isOfCase(act: ProposedAct): boolean {
  return act === 'set-legal-hold' || act === 'lift-legal-hold';
}

export class ProposedActs {
  readonly #context: Context;
  readonly #parts: ProposedActParts;

  constructor(context: Context, parts: ProposedActParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Runs `work` with the target's name while the act would change something.
   * @throws TargetUnknown, ProposalNeedless, CaseUnknown, CaseNotOpen, and what `work` throws
   */
  async whileFit(
    act: ProposedAct,
    target: string,
    work: (targetName: string) => Promise<void>,
  ): Promise<void> {
    const { cases, authority } = this.#parts;
    switch (act) {
      case 'recover-account':
        return await work((await this.#account(target)).name);
      case 'give-administrator': {
        const { name, roles } = await this.#account(target);
        if (roles === null || roles.includes('administrator'))
          throw new ProposalNeedless('This account allows the role of an administrator already.');
        return await work(name);
      }
      case 'retire-authority': {
        const chain = chainOf(target);
        if (await authority.isChainRetired(chain))
          throw new ProposalNeedless('This part of the authority was retired already.');
        return await work(CHAIN_NAMES[chain]);
      }
      case 'set-legal-hold':
      case 'lift-legal-hold':
        // In the case's turn: a decision to resolve it comes before or after, never at the same time.
        return await cases.inTurn(target, async ({ number, state, legalHold }) => {
          if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
          if (legalHold === (act === 'set-legal-hold'))
            throw new ProposalNeedless('The case is that way already.');
          await work(number);
        });
    }
  }

  /** What the ledger of the case has of a proposal, too. */
  async beforeProposing(
    act: ProposedAct,
    target: string,
    proposalId: string,
    actor: Actor,
  ): Promise<void> {
    if (act !== 'set-legal-hold') return;
    const about = { caseId: target as CaseId, proposalId, ...actor };
    await this.#context.ledger.append({ kind: 'legal-hold-proposed', ...about });
  }

  /** Does it. @returns a password that is shown once, to whoever approved it; null of most */
  async perform(
    act: ProposedAct,
    target: string,
    proposalId: string,
    actor: Actor,
  ): Promise<string | null> {
    const { authority, record } = this.#parts;
    switch (act) {
      case 'recover-account':
        return await this.#recover(target, actor);
      case 'give-administrator':
        await this.#parts.accountActs.giveAdministrator(target, actor);
        return null;
      case 'retire-authority': {
        await authority.retireChain(chainOf(target));
        await record.after({ act, target, reason: null, ...actor });
        return null;
      }
      case 'set-legal-hold':
      case 'lift-legal-hold':
        return await this.#hold(act === 'set-legal-hold', target as CaseId, proposalId, actor);
    }
  }

  /** First a password that nobody has, then the rest: at no moment is less asked for than before. */
  async #recover(target: string, actor: Actor): Promise<string> {
    const { record, secondFactors, endEverythingOf } = this.#parts;
    const { clock, database, randomBytes } = this.#context;
    const account = await this.#account(target);
    const firstPassword = newFirstPassword(randomBytes);
    const hash = await hashPassword(firstPassword);
    await record.before({ act: 'recover-account', target, reason: null, ...actor });
    await givePassword(database, account.id, hash, clock.utcMs());
    await endEverythingOf(account.id);
    await secondFactors.reset(account.id, actor.by);
    return firstPassword;
  }

  async #hold(isSet: boolean, caseId: CaseId, proposalId: string, actor: Actor): Promise<null> {
    const { ledger } = this.#context;
    const about = { caseId, proposalId, ...actor };
    await this.#parts.cases.inTurn(caseId, async ({ state }) => {
      if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
      const { store } = this.#parts.cases;
      if (isSet) {
        await store.setLegalHold(caseId, true);
        ledger.appendLater({ kind: 'legal-hold-set', ...about });
      } else {
        await ledger.append({ kind: 'legal-hold-lifted', ...about });
        await store.setLegalHold(caseId, false);
      }
    });
    return null;
  }

  async #account(id: string): Promise<Account> {
    const found = isId('technician', id) ? await this.#parts.accounts.byId(id) : null;
    if (found === null) throw new TargetUnknown();
    return found;
  }
}

function chainOf(target: string): RetirableChain {
  const chain = RETIRABLE_CHAINS.find((each) => each === target);
  if (chain === undefined) throw new TargetUnknown();
  return chain;
}
