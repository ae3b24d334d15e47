/**
 * Issues, renews and ends licences: what lets somebody ask for a certificate once, and what a cart is then allowed. Decision 0016.
 *
 * Whatever gives something is in the ledger before it can be had; a retirement takes effect first. The terms of a cart's
 * licence are signed when they are given, by the licence root, and kept as signed: a cart that asks gets what lies there.
 */
import type { CartSerial, RandomBytes } from '@chaperone/domain/id/id.ts';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { makeLicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import type { AskedTerms, LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import {
  LicenceRetired,
  LicenceUnknown,
  MalformedLicence,
  issueLicence,
  newLicenceId,
  parseWorkstationLabel,
} from '@chaperone/domain/licence/licence.ts';
import type { Licence, LicenceId } from '@chaperone/domain/licence/licence.ts';
import type { LicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { makeLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { AuthorityLedger, FaultReport } from '../authority-ledger.ts';
import type { Root } from '../establishment/establishment.ts';
import type { WorkstationTerms } from '../issuance/issuance.ts';
import { ChainRetired } from '../registry/registry.ts';
import type { GivenTerms, Registry } from '../registry/registry.ts';
import type { RetirementOrder } from '../revocation/revocation.ts';
import type {
  CartLicence,
  CartLicenceOrder,
  IssuedLicence,
  LicenceOrder,
  RenewalOrder,
} from './licence-order.ts';
import { parsePlaceName } from '@chaperone/domain/licence/place-name.ts';

export type {
  CartLicence,
  CartLicenceOrder,
  IssuedLicence,
  LicenceOrder,
  RenewalOrder,
} from './licence-order.ts';

export interface LicenceDeskParts {
  readonly registry: Registry;
  readonly ledger: AuthorityLedger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly report: FaultReport;
  readonly workstationTerms: WorkstationTerms;
  readonly licenceRoot: Root;
}

/** Of a service centre's name in a licence file. */
const NAME_CHARACTERS_MAX = 200;
/** Who gave terms to licences of versions that had none. */
const EARLIER_VERSION = 'an earlier version';

export class LicenceDesk {
  readonly #parts: LicenceDeskParts;
  #renewing: Promise<unknown> = Promise.resolve();

  constructor(parts: LicenceDeskParts) {
    this.#parts = parts;
  }

  /** Licences of earlier versions allowed everything and did not end: that is written down as terms, once. */
  async giveMissingTerms(): Promise<void> {
    const { registry } = this.#parts;
    for (const licence of await registry.cartLicencesWithoutTerms()) {
      const { subject, issuedAtMs } = licence;
      if (subject.kind !== 'cart') continue;
      const terms = makeLicenceTerms({ validFromUtcMs: wholeSecond(issuedAtMs) }, issuedAtMs);
      await registry.addTerms(
        await this.#sign(licence.id, subject.serial, terms, {
          number: 1,
          facility: null,
          model: null,
          by: EARLIER_VERSION,
        }),
      );
    }
  }

  /** @throws MalformedLicence, SeatsTaken, ChainRetired */
  async issueForWorkstation(label: string, order: LicenceOrder): Promise<IssuedLicence> {
    const subject = { kind: 'workstation', label: parseWorkstationLabel(label) } as const;
    const { registry, clock, workstationTerms } = this.#parts;
    // Asked again when the code is used; but whoever issues it is the one who can retire another.
    await registry.requireSeat(workstationTerms.seatsMax, clock.utcMs());
    return await this.#issue(subject, order, async () => undefined);
  }

  /** @throws MalformedLicence, ChainRetired */
  async issueForCart(serial: CartSerial, order: CartLicenceOrder): Promise<IssuedLicence> {
    const terms = this.#termsAsked(order);
    const facility = parsePlaceName('facility', order.facility);
    const model = parsePlaceName('model', order.model);
    return await this.#issue({ kind: 'cart', serial }, order, async (id) =>
      this.#sign(id, serial, terms, { number: 1, facility, model, by: order.by }),
    );
  }

  /**
   * Gives a cart's licence other terms, which take the place of those it has: the cart keeps its key and its certificate.
   * @throws LicenceUnknown, LicenceRetired, MalformedLicence, ChainRetired
   */
  async renew(id: LicenceId, order: RenewalOrder): Promise<CartLicence> {
    // One after the other: each takes the number after the one before.
    const renewed = this.#renewing.then(async () => await this.#renew(id, order));
    this.#renewing = renewed.catch(() => undefined);
    return await renewed;
  }

  /** @throws LicenceUnknown */
  async retire(id: LicenceId, order: RetirementOrder = {}): Promise<Licence> {
    const { registry, ledger, clock, report } = this.#parts;
    const licence = await registry.retireLicence(id, clock.utcMs());
    if (licence === undefined) throw new LicenceUnknown();
    const fact = { ...about(licence), ...order };
    await ledger.append({ kind: 'licence-retired', ...fact }).catch(report);
    return licence;
  }

  /** Under which licence a cart is, and what it allows; undefined when it has none. */
  async ofCart(serial: string): Promise<CartLicence | undefined> {
    const licence = (await this.#parts.registry.licencesOfCarts([serial])).get(serial);
    return licence === undefined ? undefined : await this.#withTerms(licence);
  }

  /**
   * Gives the signed terms of the licence by which a cart has the certificate that it shows.
   * @param peer admitted just now
   * @throws LicenceRetired, also when the certificate was not given for a licence
   */
  async statementFor(peer: PeerCertificate): Promise<string> {
    const { registry } = this.#parts;
    const entry = await registry.certificate(peer.certificateSerialHex);
    const id = entry?.licenceId ?? null;
    const licence = id === null ? undefined : await registry.licence(id);
    if (licence === undefined || licence.retiredAtMs !== undefined) throw new LicenceRetired();
    const terms = (await registry.termsOf([licence.id])).get(licence.id);
    if (terms === undefined) throw new LicenceRetired();
    return terms.statement;
  }

  async #renew(id: LicenceId, order: RenewalOrder): Promise<CartLicence> {
    const { registry, ledger } = this.#parts;
    const licence = await registry.licence(id);
    if (licence === undefined) throw new LicenceUnknown();
    if (licence.subject.kind !== 'cart')
      throw new MalformedLicence('Only the licence of a cart has terms that can be renewed.');
    if (licence.retiredAtMs !== undefined) throw new LicenceRetired();
    if (await registry.isChainRetired('cart')) throw new ChainRetired();
    const before = (await registry.termsOf([id])).get(id);
    const terms = this.#termsAsked({
      features: order.features ?? before?.features,
      validFromUtcMs: order.validFromUtcMs ?? before?.validFromUtcMs,
      validUntilUtcMs: order.validUntilUtcMs,
    });
    const given = await this.#sign(id, licence.subject.serial, terms, {
      number: (before?.number ?? 0) + 1,
      facility: parsePlaceName('facility', order.facility) ?? before?.facility ?? null,
      model: parsePlaceName('model', order.model) ?? before?.model ?? null,
      by: order.by,
    });
    const fact = { ...about(licence), by: order.by, terms: termsFact(given) };
    await ledger.append({ kind: 'licence-renewed', ...fact });
    await registry.addTerms(given);
    return { ...licence, terms: given };
  }

  async #issue(
    subject: Licence['subject'],
    order: LicenceOrder,
    makeTerms: (id: LicenceId) => Promise<GivenTerms | undefined>,
  ): Promise<IssuedLicence> {
    const { registry, ledger, clock, randomBytes, report } = this.#parts;
    const code = newLicenceCode(randomBytes);
    const licence = issueLicence({
      id: newLicenceId(randomBytes),
      subject,
      codeHash: hashLicenceCode(code),
      nowMs: clock.utcMs(),
      ...(order.lifetimeMs === undefined ? {} : { lifetimeMs: order.lifetimeMs }),
    });
    if (await registry.isChainRetired(subject.kind)) throw new ChainRetired();
    const terms = await makeTerms(licence.id);
    await registry.addLicence(licence, order.by, terms);
    try {
      const said = terms === undefined ? {} : { terms: termsFact(terms) };
      await ledger.append({ kind: 'licence-issued', ...about(licence), by: order.by, ...said });
    } catch (fault) {
      // Nobody has seen the code; a licence that the ledger does not know is not left lying about.
      await registry.retireLicence(licence.id, clock.utcMs()).catch(report);
      throw fault;
    }
    return { licence: { ...licence, terms: terms ?? null }, code };
  }

  #termsAsked(asked: AskedTerms): LicenceTerms {
    const nowMs = this.#parts.clock.utcMs();
    // What is signed knows whole seconds only.
    const from = asked.validFromUtcMs ?? wholeSecond(nowMs);
    return makeLicenceTerms({ ...asked, validFromUtcMs: from }, nowMs);
  }

  async #sign(
    id: LicenceId,
    serial: CartSerial,
    terms: LicenceTerms,
    beside: Pick<GivenTerms, 'number' | 'facility' | 'model' | 'by'>,
  ): Promise<GivenTerms> {
    const { clock, licenceRoot } = this.#parts;
    const givenAtMs = clock.utcMs();
    const { number } = beside;
    const said = { ...terms, id, number, serial, issuedUtcMs: givenAtMs };
    const statement = await makeLicenceStatement(licenceRoot.signer, said);
    return { ...terms, ...beside, licenceId: id, statement, givenAtMs };
  }

  async #withTerms(licence: Licence): Promise<CartLicence> {
    const terms = (await this.#parts.registry.termsOf([licence.id])).get(licence.id) ?? null;
    return { ...licence, terms };
  }
}

/** What is written into the file of a cart's licence that was issued just now. */
export function licenceFileOf(
  { licence, code }: IssuedLicence,
  place: Pick<LicenceFile, 'gateway' | 'serviceCentre' | 'rootFingerprint'>,
): LicenceFile {
  const { id, subject, expiresAtMs, terms } = licence;
  if (subject.kind !== 'cart')
    throw new TypeError('Only the licence of a cart is given as a file.');
  const { serial } = subject;
  const { facility = null, model = null } = terms ?? {};
  const said = { licence: id, serial, code, codeExpiresUtcMs: expiresAtMs, facility, model };
  return { ...said, ...place, serviceCentre: place.serviceCentre.slice(0, NAME_CHARACTERS_MAX) };
}

function wholeSecond(utcMs: number): number {
  return Math.floor(utcMs / 1000) * 1000;
}

function about({ id, subject }: Licence) {
  const subjectId = subject.kind === 'cart' ? subject.serial : null;
  return { subject: subject.kind, licenceId: id, subjectId, code: null } as const;
}

function termsFact({ number, features, validFromUtcMs, validUntilUtcMs }: GivenTerms) {
  return { number, features, validFromUtcMs, validUntilUtcMs };
}
