/** The lists of the administration, page by page, as the console's API describes them. */
import type { Role } from '../../directory/contract.ts';
import type {
  account,
  licence,
  roleTable,
  signInItem,
  workstation,
  workstationPage,
} from '@chaperone/protocol/console-api/administration.ts';
import { licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import { licenceState } from '@chaperone/domain/licence/licence.ts';
import type { Licence } from '@chaperone/domain/licence/licence.ts';
import type { z } from 'zod';
import type { Authority, FoundWorkstation, GivenTerms } from '../../authority/contract.ts';
import type { Found } from '../../platform/database/search.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { SecondFactors } from '../second-factor/second-factor.ts';
import { lastSeen, searchAccounts, searchSignIns } from '../sign-in/sign-in.ts';
import type { FoundAccount, SignIn } from '../sign-in/sign-in.ts';

export interface AdministrationListParts {
  readonly authority: Pick<
    Authority,
    'searchLicences' | 'searchWorkstations' | 'workstationLabels'
  >;
  readonly signIn: Pick<SignIn, 'live'>;
  readonly secondFactors: Pick<SecondFactors, 'factorOf'>;
  readonly roleTable: {
    readonly directory: string;
    readonly rows: readonly { readonly group: string; readonly role: Role }[];
  };
  /** How many workstations may be licensed; null where that is not limited. */
  readonly seatsMax: number | null;
  /** What a workstation lacks, as sentences; null when it never reported or nothing is asked. */
  readonly postureOf: (workstation: string) => Promise<readonly string[] | null>;
}

/** What a list is asked with; page from 1. */
export interface PageQuery {
  readonly q: string;
  readonly page: number;
  readonly size: number;
}

interface Page<Item> {
  readonly items: Item[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

type Context = Pick<DeskContext, 'database' | 'clock'>;

export class AdministrationLists {
  readonly #context: Context;
  readonly #parts: AdministrationListParts;

  constructor(context: Context, parts: AdministrationListParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async accounts(query: PageQuery): Promise<Page<z.infer<typeof account>>> {
    const found = await searchAccounts(this.#context.database, searchOf(query));
    return await pageOf(query, found, async (each) => await this.account(each));
  }

  async account(found: FoundAccount): Promise<z.infer<typeof account>> {
    const { id, accountName, directoryLogin, name, roles, disabled } = found;
    const factor = (await this.#parts.secondFactors.factorOf(id))?.kind ?? null;
    const { createdUtcMs, lastSignInUtcMs } = found;
    return {
      id,
      userId: accountName,
      directoryLogin,
      name,
      roles: roles === null ? null : [...roles],
      state: disabled ? 'disabled' : 'active',
      factor,
      createdUtcMs,
      lastSignInUtcMs,
    };
  }

  async workstation(found: FoundWorkstation): Promise<z.infer<typeof workstation>> {
    const seen = await lastSeen(this.#context.database, [found.id]);
    return await this.#workstation(found, seen.get(found.id) ?? null);
  }

  roles(): z.infer<typeof roleTable> {
    const { directory, rows } = this.#parts.roleTable;
    return { directory, rows: [...rows] };
  }

  async workstations(query: PageQuery): Promise<z.infer<typeof workstationPage>> {
    const { authority, seatsMax } = this.#parts;
    const found = await authority.searchWorkstations(searchOf(query));
    const seen = await lastSeen(
      this.#context.database,
      found.items.map(({ id }) => id),
    );
    const page = await pageOf(query, found, async (each) => {
      return await this.#workstation(each, seen.get(each.id) ?? null);
    });
    return { ...page, seats: { used: found.inForce, max: seatsMax } };
  }

  async licences(
    query: PageQuery,
    subjects: readonly ('cart' | 'workstation')[],
  ): Promise<Page<z.infer<typeof licence>>> {
    const { authority } = this.#parts;
    const found = await authority.searchLicences({ ...searchOf(query), subjects });
    return await pageOf(query, found, async (each) => this.licence(each));
  }

  licence(found: Licence & { readonly terms?: GivenTerms | null }): z.infer<typeof licence> {
    const { id, subject, issuedAtMs, expiresAtMs, terms = null } = found;
    const nowMs = this.#context.clock.utcMs();
    return {
      id: String(id),
      subject: subject.kind,
      name: subject.kind === 'cart' ? subject.serial : subject.label,
      state: licenceState(found, nowMs),
      issuedUtcMs: issuedAtMs,
      expiresUtcMs: expiresAtMs,
      terms: terms === null ? null : shownTerms(terms, nowMs),
    };
  }

  /** @param own the cookie's hash of the one who asks */
  async signIns(query: PageQuery, own: string): Promise<Page<z.infer<typeof signInItem>>> {
    const { authority, signIn } = this.#parts;
    const { database } = this.#context;
    const found = await searchSignIns(database, signIn.live.limits(), searchOf(query));
    const labels = await authority.workstationLabels(found.items.map((each) => each.workstation));
    return await pageOf(query, found, async (each) => ({
      ...each,
      workstationLabel: labels.get(each.workstation) ?? null,
      isThisOne: each.id === own,
    }));
  }

  async #workstation(
    { id, label, enrolledUtcMs, inForceUntilUtcMs, expiresUtcMs }: FoundWorkstation,
    lastSeenUtcMs: number | null,
  ): Promise<z.infer<typeof workstation>> {
    const isInForce = (inForceUntilUtcMs ?? 0) > this.#context.clock.utcMs();
    const ended = inForceUntilUtcMs === null ? 'retired' : 'expired';
    const posture = await this.#parts.postureOf(id);
    return {
      id,
      label,
      state: isInForce ? 'active' : ended,
      enrolledUtcMs,
      expiresUtcMs: inForceUntilUtcMs ?? expiresUtcMs,
      lastSeenUtcMs,
      posture: posture === null ? null : [...posture],
    };
  }
}

function shownTerms(terms: GivenTerms, nowMs: number) {
  const { features, validFromUtcMs, validUntilUtcMs, facility, model } = terms;
  const dates = { validFromUtcMs, validUntilUtcMs };
  return {
    standing: licenceStanding(terms, nowMs),
    features: [...features],
    ...dates,
    facility,
    model,
  };
}

function searchOf({ q, page, size }: PageQuery) {
  return { text: q, offset: (page - 1) * size, count: size };
}

async function pageOf<From, To>(
  { page, size }: PageQuery,
  { items, total }: Found<From>,
  show: (item: From) => Promise<To>,
): Promise<Page<To>> {
  return { items: await Promise.all(items.map(show)), total, page, size };
}
