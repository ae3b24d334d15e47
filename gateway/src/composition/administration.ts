/**
 * What an administrator does from a terminal, by name and with checked arguments; the same on a running gateway
 * (through its socket) and on a stopped one.
 */
import { X509Certificate } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial, parseId } from '@chaperone/domain/id/id.ts';
import { MalformedLicence, licenceState } from '@chaperone/domain/licence/licence.ts';
import {
  lastDayOf,
  licenceStanding,
  parseLicenceDate,
} from '@chaperone/domain/licence/licence-terms.ts';
import type { Licence } from '@chaperone/domain/licence/licence.ts';
import { z } from 'zod';
import { ROLES } from '../directory/contract.ts';
import type { Authority, FoundLicence, GivenTerms } from '../authority/contract.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import { TargetUnknown } from '../desk/administration/administration.ts';
import type { AccountActs, Actor, EquipmentActs } from '../desk/administration/administration.ts';
import type { SecondFactors } from '../desk/second-factor/second-factor.ts';
import { AccountUnknown } from '../desk/sign-in/sign-in.ts';
import type { Account, Accounts } from '../desk/sign-in/sign-in.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { SiemStatus } from '../siem/contract.ts';
import type { Officers } from '../portal/officer/officer.ts';
import { administerOfficers, officerActs } from './officer-administration.ts';

/** What a terminal is told at once. */
const LICENCES_LISTED_MAX = 10_000;

const text = z.string().max(1024);
const reason = z.string().trim().min(1).max(200);
const roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);

/** What a cart's licence is to allow; days as `2027-03-31`. */
const asked = {
  features: z.array(text).max(16).optional(),
  validFrom: text.optional(),
  /** The last day on which it counts, or `never`. */
  validUntil: text.optional(),
  facility: text.optional(),
  model: text.optional(),
};

export const administrationAct = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('issue-cart-licence'),
    serial: text,
    by: text,
    /** Where the cart reaches the edge, for the licence file. */
    host: text.optional(),
    port: z.int().min(1).max(65_535).optional(),
    ...asked,
  }),
  z.strictObject({
    act: z.literal('renew-licence'),
    /** Of a licence, or the serial number of the cart that is under one. */
    id: text.optional(),
    serial: text.optional(),
    reason,
    by: text,
    ...asked,
  }),
  z.strictObject({ act: z.literal('issue-workstation-licence'), label: text, by: text }),
  z.strictObject({ act: z.literal('list-licences') }),
  z.strictObject({ act: z.literal('rollover-status') }),
  z.strictObject({ act: z.literal('siem-status') }),
  z.strictObject({ act: z.literal('retire-licence'), id: text, reason, by: text }),
  z.strictObject({ act: z.literal('retire-cart'), serial: text, reason, by: text }),
  z.strictObject({ act: z.literal('retire-workstation'), id: text, reason, by: text }),
  z.strictObject({
    act: z.literal('add-account'),
    accountName: text,
    directoryLogin: text,
    name: z.string().min(1).max(100),
    password: text,
    roles: roles.nullable().default(null),
    by: text,
  }),
  z.strictObject({ act: z.literal('disable-account'), accountName: text, reason, by: text }),
  z.strictObject({ act: z.literal('enable-account'), accountName: text, reason, by: text }),
  z.strictObject({
    act: z.literal('change-roles'),
    accountName: text,
    /** Null: whatever the directory says. */
    roles: roles.nullable(),
    reason,
    by: text,
  }),
  z.strictObject({ act: z.literal('list-accounts') }),
  z.strictObject({ act: z.literal('reset-factor'), accountName: text, by: text }),
  ...officerActs,
]);
export type AdministrationAct = z.infer<typeof administrationAct>;

/** The act is not one that this gateway knows, or its arguments are not. */
export class ActMalformed extends DomainError {
  readonly code = 'ACT_MALFORMED';
}

export interface AdministrationParts {
  readonly authority: Authority;
  readonly accounts: Accounts;
  readonly secondFactors: Pick<SecondFactors, 'factorOf' | 'reset'>;
  readonly officers: Pick<Officers, 'add' | 'list' | 'retire'>;
  /** How many cases have a facility's name on them. */
  readonly countCasesOf: (facility: string) => Promise<number>;
  /** Ends what an account has open: whoever found its factor may be in. */
  readonly endSignIns: (technician: TechnicianId) => Promise<void>;
  readonly clock: Clock;
  /** The name that carts check in the gateway's certificate. */
  readonly serverName: string;
  /** Its name, for the licence file. */
  readonly serviceCentre: string;
  /** Where carts reach the edge when the act does not say. */
  readonly edgePort: number;
  /** Where workstations reach the console; null in a demo without TLS, where a browser licenses itself. */
  readonly consoleUrl: string | null;
  readonly accountActs: AccountActs;
  readonly equipmentActs: EquipmentActs;
  /** How far the SIEM is; null where nothing is forwarded, or nothing runs. */
  readonly siemStatus: () => SiemStatus | null;
}

/** Performs one act and says what came of it, as plain data. @throws ActMalformed and what the act throws */
export async function administer(parts: AdministrationParts, asked: unknown): Promise<object> {
  const read = administrationAct.safeParse(asked);
  if (!read.success) throw new ActMalformed('This is not an act of the administration.');
  return await perform(parts, read.data);
}

async function perform(parts: AdministrationParts, act: AdministrationAct): Promise<object> {
  const { authority, accounts, clock } = parts;
  switch (act.act) {
    case 'issue-cart-licence': {
      const order = { by: act.by, ...termsAsked(act) };
      const issued = await authority.issueCartLicence(parseCartSerial(act.serial), order);
      const { serverName, edgePort, serviceCentre } = parts;
      const gateway = { host: act.host ?? serverName, port: act.port ?? edgePort, serverName };
      // The file says the same: of the root that certifies now.
      const { fingerprint256 } = new X509Certificate(authority.publicRoots.cartRootPEM);
      const rootFingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
      const file = await authority.licenceFile(issued, { gateway, serviceCentre });
      return { licence: shown(issued.licence, clock), code: issued.code, rootFingerprint, file };
    }
    case 'renew-licence': {
      const id = await licenceIdOf(authority, act);
      const { validUntilUtcMs, ...terms } = termsAsked(act);
      if (validUntilUtcMs === undefined)
        throw new MalformedLicence('Say until when: a day such as 2027-03-31, or never.');
      const order = { ...terms, validUntilUtcMs };
      const renewed = await parts.equipmentActs.renewLicence(
        id,
        order,
        act.reason,
        atMachine(act.by),
      );
      return { licence: shown(renewed, clock) };
    }
    case 'issue-workstation-licence': {
      const { licence, code } = await authority.issueWorkstationLicence(act.label, { by: act.by });
      // What `chaperone workstation enrol` is called with.
      const { consoleUrl: gateway } = parts;
      const rootFingerprint = authority.facts.fingerprints.browser;
      const road = gateway === null ? {} : { gateway, rootFingerprint };
      return { licence: shown(licence, clock), code, ...road };
    }
    case 'siem-status':
      return { siem: parts.siemStatus() };
    case 'rollover-status':
      return await authority.rollover();
    case 'list-licences':
      return {
        licences: (await everyLicence(authority)).map((licence) => shown(licence, clock)),
        workstations: (await authority.workstations()).map(
          ({ id, label, state, enrolledAtMs, expiresAtMs }) => ({
            id,
            label,
            state,
            enrolledUtcMs: enrolledAtMs,
            expiresUtcMs: expiresAtMs,
          }),
        ),
        seats: await authority.seats(),
      };
    case 'retire-licence':
      return {
        licence: shown(
          await parts.equipmentActs.retireLicence(act.id, act.reason, atMachine(act.by)),
          clock,
        ),
      };
    case 'retire-cart':
      await parts.equipmentActs.retireCart(
        parseCartSerial(act.serial),
        act.reason,
        atMachine(act.by),
      );
      return {};
    case 'retire-workstation':
      await parts.equipmentActs.retireWorkstation(
        parseId('workstation', act.id),
        act.reason,
        atMachine(act.by),
      );
      return {};
    case 'add-account': {
      const { accountName, directoryLogin, name, password, roles: allowed } = act;
      const terms = { accountName, directoryLogin, name, password, roles: allowed };
      const { account } = await parts.accountActs.add(terms, atMachine(act.by));
      return { id: account.id };
    }
    case 'disable-account':
    case 'enable-account':
    case 'change-roles': {
      const { id } = await accountOf(parts, act.accountName);
      const { reason: why } = act;
      const by = atMachine(act.by);
      const { accountActs } = parts;
      if (act.act === 'disable-account') await accountActs.disable(id, why, by);
      else if (act.act === 'enable-account') await accountActs.enable(id, why, by);
      else await accountActs.changeRoles(id, act.roles, why, by);
      return { id };
    }
    case 'list-accounts': {
      const listed = [];
      for (const account of await accounts.list()) {
        const { id, accountName, directoryLogin, name, disabled, roles: allowed } = account;
        const factor = (await parts.secondFactors.factorOf(id))?.kind ?? null;
        listed.push({ id, accountName, directoryLogin, name, disabled, roles: allowed, factor });
      }
      return { accounts: listed };
    }
    case 'reset-factor': {
      const account = await accountOf(parts, act.accountName);
      const { removed } = await parts.secondFactors.reset(account.id, act.by);
      await parts.endSignIns(account.id);
      return { id: account.id, removed };
    }
    case 'add-officer':
    case 'list-officers':
    case 'retire-officer':
      return await administerOfficers(parts, act);
  }
}

/** Whoever acts at the gateway's machine, outside any console. */
const atMachine = (by: string): Actor => ({ by, workstationId: null });

async function accountOf({ accounts }: AdministrationParts, name: string): Promise<Account> {
  const account = await accounts.byName(name);
  if (account === null) throw new AccountUnknown('There is no account of this name.');
  return account;
}

/** All of them, with what they allow. */
async function everyLicence(authority: Authority): Promise<readonly FoundLicence[]> {
  const subjects = ['cart', 'workstation'] as const;
  const all = { text: '', offset: 0, count: LICENCES_LISTED_MAX, subjects };
  return (await authority.searchLicences(all)).items;
}

async function licenceIdOf(
  authority: Authority,
  { id, serial }: { readonly id?: string | undefined; readonly serial?: string | undefined },
): Promise<string> {
  if (id !== undefined) return id;
  const licence = await authority.cartLicence(parseCartSerial(serial ?? ''));
  if (licence === undefined) throw new TargetUnknown();
  return String(licence.id);
}

function termsAsked(act: z.infer<z.ZodObject<typeof asked>>) {
  const { features, validFrom, validUntil, facility, model } = act;
  const until = (text: string): number | null =>
    text === 'never' ? null : parseLicenceDate(text, 'until');
  return {
    features,
    validFromUtcMs: validFrom === undefined ? undefined : parseLicenceDate(validFrom, 'from'),
    validUntilUtcMs: validUntil === undefined ? undefined : until(validUntil),
    facility,
    model,
  };
}

function shown(licence: Licence & { readonly terms?: GivenTerms | null }, clock: Clock): object {
  const { id, subject, issuedAtMs, expiresAtMs, terms } = licence;
  const nowMs = clock.utcMs();
  const state = licenceState(licence, nowMs);
  const about = { id, subject, state, issuedUtcMs: issuedAtMs, expiresUtcMs: expiresAtMs };
  if (terms === undefined || terms === null) return about;
  const { features, validFromUtcMs, validUntilUtcMs, facility, model } = terms;
  const standing = licenceStanding(terms, nowMs);
  const lastDay = validUntilUtcMs === null ? null : lastDayOf(validUntilUtcMs);
  const dates = { validFromUtcMs, validUntilUtcMs, lastDay };
  return { ...about, terms: { standing, features, ...dates, facility, model } };
}
