/**
 * Facilities' security officers: who they are, and the codes of their authenticator apps.
 *
 * An officer has one certificate, which names one facility, and one secret of codes; both are given once, at the gateway's
 * terminal. The certificate says who is there, the code that the person is. Retiring is for good.
 */
import { isId, newId } from '@chaperone/domain/id/id.ts';
import type { OfficerId, RandomBytes } from '@chaperone/domain/id/id.ts';
import {
  COMMON_NAME_CHARACTERS_MAX,
  ORGANIZATION_CHARACTERS_MAX,
} from '@chaperone/protocol/x509/name.ts';
import { readOfficerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { AdmittedOfficer, Authority } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { SECRET_BYTES, offerOf, stepOfCode } from '../../platform/one-time-code/one-time-code.ts';
import type { CodeOffer } from '../../platform/one-time-code/one-time-code.ts';
import { SecretSeal } from '../../platform/secret-seal/secret-seal.ts';
import { OfficerCodeRefused, OfficerMalformed, OfficerUnknown } from './officer-error.ts';
import type { OfficerRow, OfficerTables } from './tables.ts';

export { OfficerCodeRefused, OfficerMalformed, OfficerUnknown } from './officer-error.ts';
export { OFFICER_MIGRATIONS } from './tables.ts';

export interface NewOfficer {
  readonly name: string;
  /** Letter by letter as it stands on the facility's cases. */
  readonly facility: string;
  /** PKCS#10, DER, not trusted. */
  readonly request: Uint8Array;
  /** Who enrols, for the ledger. */
  readonly by: string;
}

export interface EnrolledOfficer {
  readonly id: OfficerId;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Shown now and never again. */
  readonly codes: CodeOffer;
}

export interface Officer {
  readonly id: OfficerId;
  readonly name: string;
  readonly facility: string;
  readonly state: OfficerRow['state'];
  readonly enrolledUtcMs: number;
  readonly signedInUtcMs: number | null;
}

export interface OfficerContext {
  readonly database: Database;
  readonly ledger: Pick<Ledger, 'append' | 'appendLater'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

export interface OfficerOptions {
  readonly authority: Pick<Authority, 'certifyOfficer' | 'retireOfficer'>;
  /** Holds the key that seals the secrets of codes; made when it is needed first. */
  readonly keyFile: string;
  /** The service centre, as an app shows it. */
  readonly issuer: string;
}

export class Officers {
  readonly #context: OfficerContext;
  readonly #options: OfficerOptions;
  readonly #seal: SecretSeal;

  constructor(context: OfficerContext, options: OfficerOptions) {
    this.#context = context;
    this.#options = options;
    this.#seal = new SecretSeal(options.keyFile, context.randomBytes);
  }

  /**
   * Gives an officer certificate and secret. The ledger has both before anybody can use them.
   * @throws OfficerMalformed, MalformedCertificationRequest, PublicKeyInUse, LedgerUnavailable
   */
  async add(order: NewOfficer): Promise<EnrolledOfficer> {
    const { clock, randomBytes, ledger } = this.#context;
    const name = lineOf('name', order.name, COMMON_NAME_CHARACTERS_MAX);
    const facility = lineOf('facility', order.facility, ORGANIZATION_CHARACTERS_MAX);
    const id = newId('officer', randomBytes);
    const secret = randomBytes(SECRET_BYTES);
    const { authority, issuer } = this.#options;
    const certificate = await authority.certifyOfficer({ id, name, facility }, order.request);
    try {
      await ledger.append({ kind: 'officer-enrolled', officerId: id, by: order.by });
      await this.#db
        .insertInto('portal_officer')
        .values({
          id,
          name,
          facility,
          certificate_serial: readOfficerCertificate(certificate).certificateSerialHex,
          secret: await this.#seal.seal(id, secret),
          counter: 0,
          state: 'in-force',
          enrolled_at: clock.utcMs(),
          enrolled_by: order.by,
          signed_in_at: null,
          retired_at: null,
        })
        .execute();
    } catch (fault) {
      // A certificate that nobody has codes for opens nothing; it is not left lying about all the same.
      await authority.retireOfficer(id);
      throw fault;
    }
    return { id, certificate, codes: offerOf(secret, issuer, `${name}, ${facility}`) };
  }

  /** Newest first. */
  async list(): Promise<readonly Officer[]> {
    const rows = await this.#db
      .selectFrom('portal_officer')
      .select(['id', 'name', 'facility', 'state', 'enrolled_at', 'signed_in_at'])
      .orderBy('enrolled_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id as OfficerId,
      name: row.name,
      facility: row.facility,
      state: row.state,
      enrolledUtcMs: row.enrolled_at,
      signedInUtcMs: row.signed_in_at,
    }));
  }

  /** Of which facilities there are officers in force, each once. */
  async facilities(): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('portal_officer')
      .select('facility')
      .distinct()
      .where('state', '=', 'in-force')
      .execute();
    return rows.map(({ facility }) => facility);
  }

  /** Takes an officer out of force; whoever listens to revocations ends what is open. @throws OfficerUnknown */
  async retire(text: string, by: string): Promise<void> {
    const { clock, ledger } = this.#context;
    if (!isId('officer', text)) throw new OfficerUnknown();
    const id = text as OfficerId;
    const retired = await this.#db
      .updateTable('portal_officer')
      .set({ state: 'retired', retired_at: clock.utcMs() })
      .where('id', '=', id)
      .where('state', '=', 'in-force')
      .returning('id')
      .executeTakeFirst();
    if (retired === undefined && (await this.#find(id)) === undefined) throw new OfficerUnknown();
    // Narrowing: it takes effect first, and again when it broke off before the certificate.
    await this.#options.authority.retireOfficer(id);
    if (retired !== undefined) ledger.appendLater({ kind: 'officer-retired', officerId: id, by });
  }

  /** Takes a code of the officer's app, once. @throws OfficerCodeRefused, FactorSecretDamaged */
  async useCode(officer: AdmittedOfficer, code: string): Promise<void> {
    const row = await this.#find(officer.id);
    const isWhole =
      row?.state === 'in-force' &&
      row.facility === officer.facility &&
      row.certificate_serial === officer.certificateSerialHex;
    if (!isWhole) throw new OfficerCodeRefused();
    const utcMs = this.#context.clock.utcMs();
    const step = stepOfCode(await this.#seal.unseal(officer.id, row.secret), code, utcMs);
    if (step === null) throw new OfficerCodeRefused();
    // One statement, so that of two who bring the same code one comes in.
    const used = await this.#db
      .updateTable('portal_officer')
      .set({ counter: step, signed_in_at: utcMs })
      .where('id', '=', officer.id)
      .where('state', '=', 'in-force')
      .where('counter', '<', step)
      .returning('id')
      .executeTakeFirst();
    if (used === undefined) throw new OfficerCodeRefused();
  }

  async #find(id: OfficerId): Promise<OfficerRow | undefined> {
    return await this.#db
      .selectFrom('portal_officer')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
  }

  get #db() {
    return this.#context.database.db<OfficerTables>();
  }
}

/** @throws OfficerMalformed */
function lineOf(what: string, text: string, charactersMax: number): string {
  const line = text.trim();
  if (line === '' || line.length > charactersMax || /[\p{Cc}\p{Cf}]/u.test(line)) {
    throw new OfficerMalformed(
      `The ${what} of an officer is one line of 1 to ${charactersMax} characters, as it stands in the certificate.`,
    );
  }
  return line;
}
