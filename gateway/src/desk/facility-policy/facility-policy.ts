/**
 * Policies that facilities have signed, on their way to carts, and the carts' receipts for them.
 *
 * The gateway only carries: a cart believes its own pinned key alone. Here it is checked that a policy can be read, is later than the one
 * before, and is signed by the key that carts say they have pinned, or that signed the one before; so that a mistake, or a policy that
 * somebody else has signed, is noticed when it is brought. That one was brought is in the ledger before a cart can have it. What a
 * receipt says is the cart's word, by the key of the certificate that it shows. Decision 0039.
 */
import type { OfficerId } from '@chaperone/domain/id/id.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  FacilityPolicyMalformed,
  FacilityPolicyUntrusted,
  policySigner,
  readPolicyReceipt,
  readUnproven,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { CaseTables } from '../service-case/service-case.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import {
  FacilityPolicyKeyless,
  FacilityPolicyNotLater,
  FacilityPolicyOfOthers,
  FacilityPolicyOtherKey,
  FacilityPolicyReceiptRefused,
  FacilityPolicyUnusable,
} from './facility-policy-error.ts';
import type { FacilityPolicyTables } from './tables.ts';

export * from './facility-policy-error.ts';
export { FACILITY_POLICY_MIGRATIONS } from './tables.ts';

/** Facilities that a cart had cases for; it stands in one or two in its life. */
const FACILITIES_MAX = 20;
/** Versions of a facility that are looked through for one that is meant for a cart. */
const VERSIONS_MAX = 50;

export interface BroughtPolicy {
  readonly version: number;
  readonly sha256: string;
  readonly jws: string;
  readonly document: FacilityPolicyDocument;
  readonly signedUtcMs: number;
  readonly broughtUtcMs: number;
}

export interface TakenPolicy {
  readonly cart: string;
  readonly version: number;
  readonly sha256: string;
  /** Fingerprint of the key that is pinned on the cart, hexadecimal. */
  readonly facilityKey: string;
  readonly installedUtcMs: number;
  readonly receipt: string;
}

/** A policy that an officer brings. */
export interface Bringing {
  /** Not trusted. */
  readonly jws: string;
  readonly facility: string;
  readonly officerId: OfficerId;
  /** Fingerprints of the keys that the facility's carts say they have pinned. */
  readonly pinned: readonly string[];
  /** The fingerprint by which the officer says that another key is theirs; null when nothing was said. */
  readonly confirmed: string | null;
}

/** What became of it. */
export interface BroughtBy {
  readonly version: number;
  /** Fingerprint of the key that signed it. */
  readonly key: string;
  /** Whether no key was known to compare it with: who brought it has to. */
  readonly isFirst: boolean;
}

export class FacilityPolicies {
  readonly #context: Pick<DeskContext, 'database' | 'clock' | 'ledger'>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: Pick<DeskContext, 'database' | 'clock' | 'ledger'>) {
    this.#context = context;
  }

  /**
   * Takes a policy that an officer brings; the same one again changes nothing.
   * @throws FacilityPolicyUnusable, FacilityPolicyOfOthers, FacilityPolicyKeyless, FacilityPolicyUntrusted, FacilityPolicyOtherKey,
   *   FacilityPolicyNotLater, LedgerUnavailable
   */
  bring(bringing: Bringing): Promise<BroughtBy> {
    const turn = this.#turn.then(() => this.#bring({ ...bringing, jws: bringing.jws.trim() }));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The policies of a facility, the latest first. */
  async brought(facility: string, countMax = VERSIONS_MAX): Promise<readonly BroughtPolicy[]> {
    const rows = await this.#db
      .selectFrom('desk_facility_policy')
      .selectAll()
      .where('facility', '=', facility)
      .orderBy('version', 'desc')
      .limit(countMax)
      .execute();
    return rows.flatMap(({ version, sha256, policy: jws, brought_at: broughtUtcMs }) => {
      try {
        const { document, signedUtcMs } = readUnproven(jws);
        return [{ version, sha256, jws, document, signedUtcMs, broughtUtcMs }];
      } catch (fault) {
        // A row that the disk has changed is carried to nobody.
        if (fault instanceof FacilityPolicyMalformed) return [];
        throw fault;
      }
    });
  }

  /** What a cart said last of the policy that it has; null when it said nothing. */
  async taken(cart: string): Promise<TakenPolicy | null> {
    const row = await this.#db
      .selectFrom('desk_facility_policy_receipt')
      .selectAll()
      .where('cart', '=', cart)
      .executeTakeFirst();
    if (row === undefined) return null;
    const {
      version,
      sha256,
      facility_key: facilityKey,
      installed_at: installedUtcMs,
      receipt,
    } = row;
    return { cart, version, sha256, facilityKey, installedUtcMs, receipt };
  }

  /** What each cart said last, by serial number. */
  async allTaken(): Promise<
    ReadonlyMap<string, { readonly version: number; readonly installedUtcMs: number }>
  > {
    const rows = await this.#db
      .selectFrom('desk_facility_policy_receipt')
      .select(['cart', 'version', 'installed_at'])
      .execute();
    return new Map(
      rows.map(({ cart, version, installed_at: installedUtcMs }) => [
        cart,
        { version, installedUtcMs },
      ]),
    );
  }

  /**
   * Finds the latest policy for a cart above the version that it has.
   *
   * The facility of its licence alone counts, where that names one: a case's facility is what a technician typed, and another
   * hospital's high version would keep the cart from ever being given its own.
   * @param licensedTo the facility that its licence names, if it names one
   */
  async waitingFor(cart: string, above: number, licensedTo: string | null): Promise<string | null> {
    const facilities = licensedTo === null ? await this.#facilitiesOf(cart) : [licensedTo];
    const all = await Promise.all(facilities.map((facility) => this.brought(facility)));
    const [latest] = all
      .flat()
      .filter(
        ({ version, document }) =>
          version > above && (document.carts === 'every' || document.carts.includes(cart)),
      )
      .toSorted((one, other) => other.version - one.version);
    return latest?.jws ?? null;
  }

  /** Those for which a cart ever had a case. */
  async #facilitiesOf(cart: string): Promise<readonly string[]> {
    const served = await this.#db
      .selectFrom('service_case')
      .select('facility')
      .distinct()
      .where('cart', '=', cart)
      .limit(FACILITIES_MAX)
      .execute();
    return served.map(({ facility }) => facility);
  }

  /**
   * Takes a cart's receipt; the same one again changes nothing.
   * @param jws not trusted
   * @throws FacilityPolicyReceiptRefused, LedgerUnavailable
   */
  async takeReceipt(jws: string, peer: PeerCertificate): Promise<void> {
    const { publicKey, serial } = peer;
    const algorithm = publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
    const claims = await readPolicyReceipt(jws, publicKey, algorithm).catch((cause: unknown) => {
      if (!(cause instanceof StatementInvalid)) throw cause;
      throw new FacilityPolicyReceiptRefused('It is not signed as a receipt is.', { cause });
    });
    if (claims.iss !== serial) throw new FacilityPolicyReceiptRefused('It is of another cart.');
    const { version, sha256, facilityKey: facility_key, installedUtcMs: installed_at } = claims;
    const before = await this.taken(serial);
    if (before?.sha256 === sha256 && before.facilityKey === facility_key) return;
    const { ledger, clock } = this.#context;
    await ledger.append({ kind: 'facility-policy-taken', cart: serial, version, sha256 });
    const row = {
      version,
      sha256,
      facility_key,
      installed_at,
      received_at: clock.utcMs(),
      receipt: jws,
    };
    await this.#db
      .insertInto('desk_facility_policy_receipt')
      .values({ cart: serial, ...row })
      .onConflict((conflict) => conflict.column('cart').doUpdateSet(row))
      .execute();
  }

  async #bring({ jws, facility, officerId, pinned, confirmed }: Bringing): Promise<BroughtBy> {
    const { ledger, clock } = this.#context;
    const { policy } = readPolicyToCarry(jws);
    if (policy.facility !== facility) throw new FacilityPolicyOfOthers();
    const key = await policySigner(jws);
    if (key === null) throw new FacilityPolicyKeyless();
    const { version } = policy;
    const sha256 = statementDigest(jws);
    const [last] = await this.brought(facility, 1);
    const isFirst = requireKey(
      key,
      pinned,
      last === undefined ? null : await signerOf(last),
      confirmed,
    );
    if (last?.sha256 === sha256) return { version, key, isFirst: false };
    if (last !== undefined && version <= last.version)
      throw new FacilityPolicyNotLater(last.version);
    await ledger.append({ kind: 'facility-policy-brought', officerId, version, sha256, key });
    await this.#db
      .insertInto('desk_facility_policy')
      .values({
        facility,
        version,
        sha256,
        policy: jws,
        brought_by: officerId,
        brought_at: clock.utcMs(),
      })
      .execute();
    return { version, key, isFirst };
  }

  get #db() {
    return this.#context.database.db<FacilityPolicyTables & CaseTables>();
  }
}

/** Says which key signed a policy that was brought; null when it does not say so, or the disk has changed it. */
export async function signerOf({ jws }: Pick<BroughtPolicy, 'jws'>): Promise<string | null> {
  try {
    return await policySigner(jws);
  } catch (fault) {
    if (fault instanceof FacilityPolicyUntrusted || fault instanceof FacilityPolicyMalformed)
      return null;
    throw fault;
  }
}

/**
 * Holds the key of a policy against those that are known.
 * @param before of the last policy that was brought
 * @returns whether none is known
 * @throws FacilityPolicyOtherKey
 */
function requireKey(
  key: string,
  pinned: readonly string[],
  before: string | null,
  confirmed: string | null,
): boolean {
  if (pinned.includes(key) || key === before) return false;
  if (pinned.length === 0 && before === null) return true;
  if (confirmed === key) return false;
  const isPinned = pinned.length > 0;
  const known = isPinned ? pinned : [before ?? ''];
  throw new FacilityPolicyOtherKey(key, [...new Set(known)], isPinned);
}

/** @throws FacilityPolicyUnusable */
function readPolicyToCarry(jws: string) {
  try {
    return readUnproven(jws);
  } catch (cause) {
    if (!(cause instanceof FacilityPolicyMalformed)) throw cause;
    throw new FacilityPolicyUnusable(cause.message, { cause });
  }
}
