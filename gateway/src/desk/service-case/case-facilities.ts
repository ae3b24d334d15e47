/**
 * Which facility a case is of: decided by the licence of its cart, not by who types it.
 *
 * What a facility's officer is shown follows from the name on a case, letter by letter, so a slip would hide a session from the hospital
 * that it belongs to, or show it to another. Only for a cart whose licence names none is a name taken, and then one that stands in the
 * licence of another cart or in the certificate of an officer in force. What a cart or a field engineer reports counts for nothing here.
 * Decision 0047.
 */
import type { Authority } from '../../authority/contract.ts';
import { CaseFacilityMissing, CaseFacilityOther, CaseFacilityUnknown } from './case-error.ts';

/** Carts whose licences are looked through, as many as a list of them is made of. */
const CARTS_MAX = 20_000;

export interface FacilitySources {
  readonly authority: Pick<Authority, 'cartLicence' | 'searchCarts'>;
  /** Those of officers in force. */
  readonly ofOfficers: () => Promise<readonly string[]>;
}

export interface KnownFacilities {
  /** What the licence of each cart names, by serial; nothing of a cart whose licence names none. */
  readonly ofCarts: ReadonlyMap<string, string>;
  /** Every name that may be given for such a cart, each once, in order. */
  readonly names: readonly string[];
}

export class CaseFacilities {
  readonly #sources: FacilitySources;

  constructor(sources: FacilitySources) {
    this.#sources = sources;
  }

  async known(): Promise<KnownFacilities> {
    const { authority, ofOfficers } = this.#sources;
    const { items } = await authority.searchCarts({ text: '', offset: 0, count: CARTS_MAX });
    const ofCarts = new Map<string, string>();
    for (const { serial, terms } of items) {
      const facility = terms?.facility ?? null;
      if (facility !== null) ofCarts.set(serial, facility);
    }
    const names = new Set([...ofCarts.values(), ...(await ofOfficers())]);
    return { ofCarts, names: [...names].toSorted((one, other) => one.localeCompare(other, 'en')) };
  }

  /**
   * Says which facility a new case of a cart is of.
   * @param asked what whoever opens it says, if anything
   * @throws CaseFacilityOther, CaseFacilityMissing, CaseFacilityUnknown
   */
  async ofNewCase(cart: string, asked: string | undefined): Promise<string> {
    const named = (await this.#sources.authority.cartLicence(cart))?.terms?.facility ?? null;
    if (named !== null) {
      if (asked !== undefined && asked !== named)
        throw new CaseFacilityOther(`By its licence this cart is of ${named}.`);
      return named;
    }
    if (asked === undefined)
      throw new CaseFacilityMissing('The licence of this cart names no facility: say which it is.');
    const { names } = await this.known();
    // Where no name is known there is no officer either, to whom a slip could show anything: any is taken.
    if (names.length > 0 && !names.includes(asked))
      throw new CaseFacilityUnknown(
        'No facility of this name is known here. An administrator names it in the licence of the cart.',
      );
    return asked;
  }
}
