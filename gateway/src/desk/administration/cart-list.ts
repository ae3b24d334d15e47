/**
 * The carts as the service centre's list of them shows: from the registry of licences, from what each cart said when it connected,
 * from its acceptance reports, and from what its journal says was changed since.
 *
 * What a list is narrowed and ordered by follows from all of these, so a page is chosen here and not in SQL. A service centre has
 * hundreds or thousands of carts.
 */
import { licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import type {
  CART_ATTENTIONS,
  CART_CHOICES,
  CART_ORDERS,
  cartReportList,
  commissionedCart,
} from '@chaperone/protocol/console-api/carts.ts';
import type { z } from 'zod';
import type { Authority, FoundCart } from '../../authority/contract.ts';
import type { Carts } from '../cart/cart.ts';
import { driftOf } from '../commissioning/commissioning.ts';
import type {
  AcceptanceReports,
  CartChanges,
  CartReports,
  ChangedSite,
} from '../commissioning/commissioning.ts';
import type { FacilityPolicies } from '../facility-policy/facility-policy.ts';
import type { DeskContext } from '../platform/desk-context.ts';

type ShownCart = z.infer<typeof commissionedCart>;
type Attention = (typeof CART_ATTENTIONS)[number];

export interface CartQuery {
  readonly q: string;
  readonly page: number;
  readonly size: number;
  readonly only: (typeof CART_CHOICES)[number];
  readonly sort: (typeof CART_ORDERS)[number];
}

export interface CartListParts {
  readonly authority: Pick<Authority, 'searchCarts'>;
  readonly carts: Pick<Carts, 'seen'>;
  readonly reports: Pick<AcceptanceReports, 'newestOf' | 'ofCart'>;
  readonly changes: Pick<CartChanges, 'all'>;
  readonly policies: Pick<FacilityPolicies, 'allTaken'>;
  readonly isOnline: (serial: string) => boolean;
  /** Bytes that carts have carried this month. */
  readonly monthBytes: () => Promise<ReadonlyMap<string, number>>;
  /** The names in the certificate that carts see. */
  readonly gatewayNames: readonly string[];
}

export interface CartListContext extends Pick<DeskContext, 'clock'> {
  readonly log: Pick<DeskContext['log'], 'error'>;
}

/** Carts that a list is made of. */
const CARTS_MAX = 20_000;
/** A certificate is renewed at two thirds of its life by itself: one that ends so soon was not. */
const CERTIFICATE_WARNING_MS = 30 * 24 * 60 * 60_000;

export class CartList {
  readonly #clock: DeskContext['clock'];
  readonly #log: CartListContext['log'];
  readonly #parts: CartListParts;

  constructor({ clock, log }: CartListContext, parts: CartListParts) {
    this.#clock = clock;
    this.#log = log;
    this.#parts = parts;
  }

  async page({ q, page, size, only, sort }: CartQuery) {
    const { authority } = this.#parts;
    const { items } = await authority.searchCarts({ text: '', offset: 0, count: CARTS_MAX });
    const text = q.toLowerCase();
    const fitting = (await this.#shown(items, 'all'))
      .filter((cart) => only === 'all' || cart.attention.length > 0)
      .filter((cart) => text === '' || textOf(cart).includes(text))
      .toSorted(ORDERS[sort]);
    const from = (page - 1) * size;
    return { items: fitting.slice(from, from + size), total: fitting.length, page, size };
  }

  async one(found: FoundCart): Promise<ShownCart> {
    const [shown] = await this.#shown([found], [found.serial]);
    if (shown === undefined) throw new TypeError('each cart that was found is shown');
    return shown;
  }

  async reports(serial: string): Promise<z.infer<typeof cartReportList>> {
    const reports = await this.#parts.reports.ofCart(serial);
    return {
      items: reports.map(({ id, receivedUtcMs, summary }) => {
        const { signedUtcMs, accepted, failedStep, warnings, acceptedBy, facility } = summary;
        return {
          ...{ id, receivedUtcMs, signedUtcMs, accepted, failedStep, warnings },
          ...{ acceptedBy, facility },
        };
      }),
    };
  }

  async #shown(
    found: readonly FoundCart[],
    which: readonly string[] | 'all',
  ): Promise<ShownCart[]> {
    const seen = await this.#parts.carts.seen();
    const reports = await this.#parts.reports.newestOf(which);
    const changes = await this.#parts.changes.all();
    const policies = await this.#parts.policies.allTaken();
    const months = await this.#parts.monthBytes();
    return found.map((cart) => {
      const { serial } = cart;
      try {
        return {
          ...this.#describe(cart, seen.get(serial), reports.get(serial), changes.get(serial)),
          facilityPolicy: policies.get(serial) ?? null,
          monthBytes: months.get(serial) ?? 0,
        };
      } catch (fault) {
        // One cart's words, or one damaged row, must not take the list of all carts away.
        this.#log.error({ err: fault, cart: serial }, 'what is known of a cart cannot be read');
        return unreadable(cart, this.#clock.utcMs());
      }
    });
  }

  #describe(
    { serial, isLicensed, inForceUntilUtcMs, terms }: FoundCart,
    seen: { readonly model: string; readonly software: string } | undefined,
    reports: CartReports | undefined,
    changed: ChangedSite | undefined,
  ): ShownCart {
    const nowMs = this.#clock.utcMs();
    const { gatewayNames, isOnline } = this.#parts;
    const newest = reports?.newest;
    const accepted = reports?.accepted?.summary;
    const licence =
      terms === null
        ? null
        : {
            id: String(terms.licenceId),
            features: [...terms.features],
            validUntilUtcMs: terms.validUntilUtcMs,
            standing: licenceStanding(terms, nowMs),
          };
    const today = {
      software: seen?.software ?? null,
      model: seen?.model ?? null,
      licence: licence === null ? null : { ...licence, facility: terms?.facility ?? null },
      gatewayNames,
      changed: changed !== undefined && changed.accepted === reports?.accepted?.id ? changed : null,
    };
    const shown: Omit<ShownCart, 'attention'> = {
      serial,
      state: stateOf(isLicensed, inForceUntilUtcMs, nowMs),
      certificateExpiresUtcMs: inForceUntilUtcMs,
      online: isOnline(serial),
      facility: terms?.facility ?? newest?.summary.facility ?? null,
      model: seen?.model ?? terms?.model ?? newest?.summary.model ?? null,
      software: seen?.software ?? newest?.summary.software ?? null,
      licence,
      validation:
        newest === undefined
          ? null
          : {
              report: newest.id,
              validatedUtcMs: newest.summary.validatedUtcMs,
              accepted: newest.summary.accepted,
              failedStep: newest.summary.failedStep,
              warnings: newest.summary.warnings,
              acceptedBy: newest.summary.acceptedBy,
            },
      acceptedUtcMs: accepted?.signedUtcMs ?? null,
      facilityPolicy: null,
      monthBytes: 0,
      drift:
        accepted === undefined || newest === undefined
          ? []
          : driftOf(accepted, newest.summary, today),
    };
    return { ...shown, attention: attentionOf(shown, nowMs) };
  }
}

/** What the registry alone says. */
function unreadable(
  { serial, isLicensed, inForceUntilUtcMs }: FoundCart,
  nowMs: number,
): ShownCart {
  return {
    serial,
    state: stateOf(isLicensed, inForceUntilUtcMs, nowMs),
    certificateExpiresUtcMs: inForceUntilUtcMs,
    ...{ online: false, facility: null, model: null, software: null, licence: null },
    ...{ validation: null, acceptedUtcMs: null, drift: [] },
    facilityPolicy: null,
    monthBytes: 0,
    attention: ['cannot-be-read'],
  };
}

function stateOf(
  isLicensed: boolean,
  inForceUntilUtcMs: number | null,
  nowMs: number,
): ShownCart['state'] {
  if (inForceUntilUtcMs !== null && inForceUntilUtcMs > nowMs) return 'commissioned';
  return isLicensed ? 'licensed' : 'retired';
}

function attentionOf(
  { state, validation, drift, certificateExpiresUtcMs, licence }: Omit<ShownCart, 'attention'>,
  nowMs: number,
): Attention[] {
  if (state === 'retired') return [];
  const ends =
    certificateExpiresUtcMs !== null && certificateExpiresUtcMs - nowMs < CERTIFICATE_WARNING_MS;
  const needs: Readonly<Record<Attention, boolean>> = {
    'validation-failed': validation?.accepted === false,
    drifted: drift.length > 0,
    'certificate-ends': ends,
    'licence-ends': licence?.standing === 'ends-soon' || licence?.standing === 'expired',
    'never-validated': state === 'commissioned' && validation === null,
    'cannot-be-read': false,
  };
  return (Object.keys(needs) as Attention[]).filter((each) => needs[each]);
}

function textOf({ serial, state, facility, model, licence }: ShownCart): string {
  return [serial, state, facility, model, licence?.id].join('\n').toLowerCase();
}

const bySerial = (one: ShownCart, other: ShownCart): number =>
  one.serial < other.serial ? -1 : Number(one.serial > other.serial);
/** Texts that are not there come last, numbers first. */
const ORDERS: Readonly<
  Record<(typeof CART_ORDERS)[number], (one: ShownCart, other: ShownCart) => number>
> = {
  serial: bySerial,
  facility: (one, other) =>
    (one.facility ?? '\uFFFF').localeCompare(other.facility ?? '\uFFFF', 'en') ||
    bySerial(one, other),
  validated: (one, other) =>
    (one.validation?.validatedUtcMs ?? 0) - (other.validation?.validatedUtcMs ?? 0) ||
    bySerial(one, other),
  expires: (one, other) =>
    (one.certificateExpiresUtcMs ?? 0) - (other.certificateExpiresUtcMs ?? 0) ||
    bySerial(one, other),
};
