/**
 * The second factor of a gateway account: codes of an authenticator app, or a passkey, and recovery codes beside it.
 *
 * Enrolled at the first sign-in after the password, used at each one after, replaced by its owner; taken away by two
 * administrators, or by the owner of the machine. Whether somebody stands at this gate, how often they may try and what comes after is `sign-in`'s affair.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { DatabaseView } from '../../platform/database/database.ts';
import { SECRET_BYTES, offerOf, stepOfCode } from '../../platform/one-time-code/one-time-code.ts';
import type { CodeOffer } from '../../platform/one-time-code/one-time-code.ts';
import { SecretSeal } from '../../platform/secret-seal/secret-seal.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { hashLike } from '../platform/slow-hash.ts';
import { FactorStore } from './factor-store.ts';
import type { RecoveryCodeUse } from './factor-store.ts';
import {
  authenticated,
  authenticationOptions,
  registered,
  registrationOptions,
  takesPasskeys,
} from './passkey.ts';
import type { RelyingParty } from './passkey.ts';
import { newRecoveryCodes, readRecoveryCode } from './recovery-code.ts';
import {
  FactorEnrolled,
  FactorNotHere,
  PasskeyCloneSuspected,
  SecondFactorRefused,
} from './second-factor-error.ts';
import type { FactorRow } from './tables.ts';

export type { RecoveryCodeUse } from './factor-store.ts';
export type { CodeOffer } from '../../platform/one-time-code/one-time-code.ts';
export { FactorSecretDamaged } from '../../platform/secret-seal/secret-seal.ts';
export type { RelyingParty } from './passkey.ts';
export { takesPasskeys } from './passkey.ts';
export {
  FactorEnrolled,
  FactorNotHere,
  PasskeyCloneSuspected,
  SecondFactorRefused,
} from './second-factor-error.ts';
export { SECOND_FACTOR_MIGRATIONS } from './tables.ts';

export type FactorKind = FactorRow['kind'];

const CHALLENGE_BYTES = 32;

/** Somebody between password and second factor, or who is in and looks after their own. */
export interface FactorHolder {
  readonly technicianId: TechnicianId;
  readonly accountName: string;
  readonly name: string;
  /** Their sign-in, by the hash of its cookie: what is asked is asked of this one only. */
  readonly holder: string;
  readonly workstation: string;
  /**
   * Tells in a transaction whether their sign-in still holds, and keeps it from being ended until the transaction is over:
   * what they enrol never comes after what took everything away.
   */
  readonly holds: (view: DatabaseView) => Promise<boolean>;
  /** What they enrol takes the place of what they have; only of somebody who is in and has just shown that it is them. */
  readonly isReplacing?: boolean;
}

export interface SecondFactorOptions {
  /** Holds the key that seals the secrets of codes; made when it is needed first. */
  readonly keyFile: string;
  /** The service centre, as an app or a browser shows it. */
  readonly issuer: string;
}

export type SecondFactorContext = Pick<
  DeskContext,
  'database' | 'ledger' | 'clock' | 'randomBytes'
>;

export class SecondFactors {
  readonly #context: SecondFactorContext;
  readonly #options: SecondFactorOptions;
  readonly #store: FactorStore;
  readonly #seal: SecretSeal;

  constructor(context: SecondFactorContext, options: SecondFactorOptions) {
    this.#context = context;
    this.#options = options;
    this.#store = new FactorStore(context.database);
    this.#seal = new SecretSeal(options.keyFile, context.randomBytes);
  }

  /** Tells which factor an account has, and under which name of the console a passkey works; null when it has none. */
  async factorOf(
    technician: TechnicianId,
  ): Promise<{ readonly kind: FactorKind; readonly relyingParty: string | null } | null> {
    const row = await this.#store.find(technician);
    return row === null ? null : { kind: row.kind, relyingParty: row.relying_party };
  }

  /** What an account has, for its owner. */
  async held(technician: TechnicianId): Promise<{
    readonly kind: FactorKind | null;
    readonly enrolledUtcMs: number | null;
    readonly recoveryCodesLeft: number;
  }> {
    const row = await this.#store.find(technician);
    const { left } = await this.#store.recoveryCodesLeft(technician);
    const enrolledUtcMs = row?.enrolled_at ?? null;
    return { kind: row?.kind ?? null, enrolledUtcMs, recoveryCodesLeft: left };
  }

  /**
   * Takes a code of the app, once.
   * @throws SecondFactorRefused, FactorNotHere, FactorSecretDamaged
   */
  async useCode(at: FactorHolder, code: string): Promise<void> {
    const { secret } = await this.#factor(at, 'code');
    const utcMs = this.#context.clock.utcMs();
    const plain = await this.#seal.unseal(at.technicianId, secret ?? '');
    const step = stepOfCode(plain, code, utcMs);
    if (step === null || !(await this.#store.advance(at.technicianId, 'code', step, utcMs)))
      throw new SecondFactorRefused();
  }

  /** Asks an account's passkey. @throws FactorNotHere */
  async askPasskey(at: FactorHolder, party: RelyingParty): Promise<object> {
    const row = await this.#passkey(at, party);
    const challenge = await this.#ask(at, 'use-passkey');
    return await authenticationOptions(party, row.credential_id ?? '', challenge);
  }

  /**
   * Takes a passkey's answer to what it was asked last, once.
   * @throws SecondFactorRefused, PasskeyCloneSuspected, FactorNotHere
   */
  async usePasskey(at: FactorHolder, party: RelyingParty, response: object): Promise<void> {
    const row = await this.#passkey(at, party);
    const challenge = await this.#takeAsked(at, 'use-passkey');
    const counter = await authenticated(response, party, challenge, {
      credentialId: row.credential_id ?? '',
      publicKey: row.public_key ?? '',
      counter: row.counter,
    });
    const utcMs = this.#context.clock.utcMs();
    if (!(await this.#store.advance(at.technicianId, 'passkey', counter, utcMs)))
      throw new PasskeyCloneSuspected();
  }

  /** Takes a recovery code, once; it costs one slow hash, whether there is any or not. @throws SecondFactorRefused, SignInBusy */
  async useRecoveryCode(at: FactorHolder, typed: string): Promise<void> {
    const { technicianId, holder, workstation } = at;
    const { sample, left } = await this.#store.recoveryCodesLeft(technicianId);
    const hash = await hashLike(readRecoveryCode(typed), sample);
    const use = { utcMs: this.#context.clock.utcMs(), holder, workstation };
    if (!(await this.#store.useRecoveryCode(technicianId, hash, use)))
      throw new SecondFactorRefused();
    await this.#context.ledger.append({
      kind: 'recovery-code-used',
      technicianId,
      workstationId: workstation,
      left: left - 1,
    });
  }

  /** Offers a new secret for an app; it counts once a code of it was typed. @throws FactorEnrolled */
  async offerCode(at: FactorHolder): Promise<CodeOffer> {
    await this.#refuseEnrolled(at);
    const secret = this.#context.randomBytes(SECRET_BYTES);
    await this.#store.ask({
      holder: at.holder,
      purpose: 'enrol-code',
      content: await this.#seal.seal(at.technicianId, secret),
      made_at: this.#context.clock.utcMs(),
    });
    return offerOf(secret, this.#options.issuer, at.accountName);
  }

  /** Enrols the app that was offered a secret. @throws SecondFactorRefused, FactorEnrolled, LedgerUnavailable */
  async enrolCode(at: FactorHolder, code: string): Promise<void> {
    await this.#refuseEnrolled(at);
    const nowMs = this.#context.clock.utcMs();
    const sealed = await this.#store.readAsked(at.holder, 'enrol-code', nowMs);
    if (sealed === null) throw new SecondFactorRefused();
    const secret = await this.#seal.unseal(at.technicianId, sealed);
    const step = stepOfCode(secret, code, nowMs);
    if (step === null) throw new SecondFactorRefused();
    // The code that proved it is used up with it.
    await this.#enrol(at, { kind: 'code', secret: sealed, counter: step });
    await this.#store.takeAsked(at.holder, 'enrol-code', this.#context.clock.utcMs());
  }

  /** Offers to make a passkey. @throws FactorEnrolled, FactorNotHere */
  async offerPasskey(at: FactorHolder, party: RelyingParty): Promise<object> {
    await this.#refuseEnrolled(at);
    if (!takesPasskeys(party))
      throw new FactorNotHere('Passkeys need a name in the address line, not an address.');
    const challenge = await this.#ask(at, 'enrol-passkey');
    const account = { id: at.technicianId, accountName: at.accountName, name: at.name };
    return await registrationOptions({
      party,
      partyName: this.#options.issuer,
      account,
      challenge,
    });
  }

  /** Enrols a passkey. @throws SecondFactorRefused, FactorEnrolled, LedgerUnavailable */
  async enrolPasskey(at: FactorHolder, party: RelyingParty, response: object): Promise<void> {
    await this.#refuseEnrolled(at);
    const challenge = await this.#takeAsked(at, 'enrol-passkey');
    const { credentialId, publicKey, counter } = await registered(response, party, challenge);
    await this.#enrol(at, {
      kind: 'passkey',
      credential_id: credentialId,
      public_key: publicKey,
      relying_party: party.id,
      counter,
    });
  }

  async needsRecoveryCodes(technician: TechnicianId): Promise<boolean> {
    return (await this.#store.recoveryCodesLeft(technician)).left === 0;
  }

  /** Makes a new set; it counts once its owner confirmed to have it, at the same half sign-in. @throws SignInBusy */
  async newRecoveryCodes(technician: TechnicianId, holder: string): Promise<readonly string[]> {
    const { codes, hashes } = await newRecoveryCodes(this.#context.randomBytes);
    await this.#store.showRecoveryCodes(technician, holder, hashes);
    return codes;
  }

  /** @throws SecondFactorRefused when another set was shown since or the sign-in was ended, LedgerUnavailable */
  async confirmRecoveryCodes(at: FactorHolder): Promise<void> {
    const { technicianId, holder, workstation, holds } = at;
    await this.#context.ledger.append({
      kind: 'recovery-codes-issued',
      technicianId,
      workstationId: workstation,
    });
    const utcMs = this.#context.clock.utcMs();
    if (!(await this.#store.confirmRecoveryCodes(technicianId, holder, utcMs, holds)))
      throw new SecondFactorRefused();
  }

  /** Gives the uses of recovery codes of which the owner was not told yet, and how many are left. */
  async takeUntold(
    technician: TechnicianId,
    holder: string,
  ): Promise<{ readonly uses: readonly RecoveryCodeUse[]; readonly left: number }> {
    const uses = await this.#store.takeUntold(technician, holder, this.#context.clock.utcMs());
    return { uses, left: (await this.#store.recoveryCodesLeft(technician)).left };
  }

  /**
   * Takes an account's factor and recovery codes away; the next sign-in enrols anew.
   * @param by who did it, at the machine
   */
  async reset(technician: TechnicianId, by: string): Promise<{ readonly removed: number }> {
    // First: what an administrator did to an account is never without its record.
    await this.#context.ledger.append({ kind: 'factor-removed', technicianId: technician, by });
    return { removed: await this.#store.remove(technician) };
  }

  async #factor(at: FactorHolder, kind: FactorKind): Promise<FactorRow> {
    const row = await this.#store.find(at.technicianId);
    if (row?.kind === kind) return row;
    throw new FactorNotHere('This account has another second factor.');
  }

  async #passkey(at: FactorHolder, party: RelyingParty): Promise<FactorRow> {
    const row = await this.#factor(at, 'passkey');
    if (row.relying_party === party.id) return row;
    throw new FactorNotHere(
      `The key was enrolled under the name ${row.relying_party ?? ''}. Open the console there.`,
    );
  }

  async #refuseEnrolled({ technicianId, isReplacing }: FactorHolder): Promise<void> {
    if (isReplacing === true) return;
    if ((await this.#store.find(technicianId)) !== null) throw new FactorEnrolled();
  }

  async #ask(at: FactorHolder, purpose: 'enrol-passkey' | 'use-passkey'): Promise<Uint8Array> {
    const challenge = this.#context.randomBytes(CHALLENGE_BYTES);
    const content = Buffer.from(challenge).toString('base64url');
    await this.#store.ask({
      holder: at.holder,
      purpose,
      content,
      made_at: this.#context.clock.utcMs(),
    });
    return challenge;
  }

  async #takeAsked(at: FactorHolder, purpose: 'enrol-passkey' | 'use-passkey'): Promise<string> {
    const nowMs = this.#context.clock.utcMs();
    const challenge = await this.#store.takeAsked(at.holder, purpose, nowMs);
    if (challenge === null) throw new SecondFactorRefused();
    return challenge;
  }

  async #enrol(
    at: FactorHolder,
    factor: Pick<FactorRow, 'kind' | 'counter'> & Partial<FactorRow>,
  ): Promise<void> {
    const { technicianId, workstation: workstationId } = at;
    const utcMs = this.#context.clock.utcMs();
    const { kind } = factor;
    await this.#context.ledger.append({
      kind: 'factor-enrolled',
      technicianId,
      workstationId,
      factor: kind,
    });
    const row = {
      technician_id: technicianId,
      secret: null,
      credential_id: null,
      public_key: null,
      relying_party: null,
      enrolled_at: utcMs,
      used_at: utcMs,
      ...factor,
    };
    const { holds, isReplacing } = at;
    const kept =
      isReplacing === true
        ? await this.#store.replace(row, holds)
        : await this.#store.add(row, holds);
    if (kept === 'ended') throw new SecondFactorRefused();
    if (kept === 'taken') throw new FactorEnrolled();
  }
}
