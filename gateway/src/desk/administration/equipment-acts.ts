/** What is done to licences, workstations and carts: issued with its entry first, retired at once whatever the ledger does. */
import { isId, parseCartSerial, parseId } from '@chaperone/domain/id/id.ts';
import { LicenceUnknown, parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { Licence } from '@chaperone/domain/licence/licence.ts';
import type {
  Authority,
  CartLicence,
  CartLicenceOrder,
  FoundCart,
  FoundWorkstation,
  IssuedLicence,
  RenewalOrder,
} from '../../authority/contract.ts';
import type { ActRecord } from './act-record.ts';
import { TargetUnknown } from './administration-error.ts';
import type { Actor } from './reasons.ts';

/** What a cart's licence is to allow. */
export type CartTermsOrder = Omit<CartLicenceOrder, 'by' | 'lifetimeMs'>;

export type EquipmentAuthority = Pick<
  Authority,
  | 'issueCartLicence'
  | 'issueWorkstationLicence'
  | 'renewLicence'
  | 'retireLicence'
  | 'retireWorkstation'
  | 'retireCart'
  | 'searchWorkstations'
  | 'searchCarts'
>;

export class EquipmentActs {
  readonly #authority: EquipmentAuthority;
  readonly #record: ActRecord;

  constructor(authority: EquipmentAuthority, record: ActRecord) {
    this.#authority = authority;
    this.#record = record;
  }

  /** @throws MalformedLicence, LedgerUnavailable */
  async licenseWorkstation(label: string, actor: Actor): Promise<IssuedLicence> {
    const order = { by: actor.by };
    return await this.#issued(await this.#authority.issueWorkstationLicence(label, order), actor);
  }

  /** @throws MalformedId, LedgerUnavailable */
  async licenseCart(
    serial: string,
    actor: Actor,
    terms: CartTermsOrder = {},
  ): Promise<IssuedLicence> {
    const plate = parseCartSerial(serial);
    const order = { ...terms, by: actor.by };
    return await this.#issued(await this.#authority.issueCartLicence(plate, order), actor);
  }

  /**
   * Gives a cart's licence other terms; why is written down before it can have them.
   * @throws MalformedLicence, TargetUnknown, LicenceRetired, ChainRetired, LedgerUnavailable
   */
  async renewLicence(
    id: string,
    terms: Omit<RenewalOrder, 'by'>,
    reason: string,
    actor: Actor,
  ): Promise<CartLicence> {
    const licence = parseLicenceId(id);
    await this.#record.before({ act: 'renew-licence', target: id, reason, ...actor });
    try {
      return await this.#authority.renewLicence(licence, { ...terms, by: actor.by });
    } catch (fault) {
      throw fault instanceof LicenceUnknown ? new TargetUnknown() : fault;
    }
  }

  /** @throws MalformedLicence, TargetUnknown */
  async retireLicence(id: string, reason: string, actor: Actor): Promise<Licence> {
    try {
      const licence = await this.#authority.retireLicence(parseLicenceId(id), { by: actor.by });
      await this.#record.after({ act: 'retire-licence', target: id, reason, ...actor });
      return licence;
    } catch (fault) {
      throw fault instanceof LicenceUnknown ? new TargetUnknown() : fault;
    }
  }

  /** Its sign-ins and its sessions end at once. @throws TargetUnknown */
  async retireWorkstation(id: string, reason: string, actor: Actor): Promise<FoundWorkstation> {
    const found = await this.#workstation(id);
    await this.#authority.retireWorkstation(parseId('workstation', id), { by: actor.by });
    await this.#record.after({ act: 'retire-workstation', target: id, reason, ...actor });
    return (await this.#workstation(id)) ?? found;
  }

  /** @throws TargetUnknown */
  async retireCart(serial: string, reason: string, actor: Actor): Promise<FoundCart> {
    await this.#cart(serial);
    await this.#authority.retireCart(parseCartSerial(serial), { by: actor.by });
    await this.#record.after({ act: 'retire-cart', target: serial, reason, ...actor });
    return await this.#cart(serial);
  }

  /** The code is handed out only when it stands in the ledger who asked for it. */
  async #issued(issued: IssuedLicence, actor: Actor): Promise<IssuedLicence> {
    const target = String(issued.licence.id);
    try {
      await this.#record.before({ act: 'issue-licence', target, reason: null, ...actor });
    } catch (fault) {
      await this.#authority.retireLicence(issued.licence.id, { by: actor.by });
      throw fault;
    }
    return issued;
  }

  async #workstation(id: string): Promise<FoundWorkstation> {
    const search = { text: id, offset: 0, count: 1 };
    const { items } = isId('workstation', id)
      ? await this.#authority.searchWorkstations(search)
      : { items: [] };
    const [found] = items;
    if (found?.id !== id) throw new TargetUnknown();
    return found;
  }

  async #cart(serial: string): Promise<FoundCart> {
    // Other serials may hold this one; it is the shortest of them, and so the first.
    const { items } = await this.#authority.searchCarts({ text: serial, offset: 0, count: 100 });
    const found = items.find((each) => each.serial === serial);
    if (found === undefined) throw new TargetUnknown();
    return found;
  }
}
