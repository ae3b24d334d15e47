/**
 * Where one can go, and which role it takes. The desk refuses whatever is not somebody's; this is so that nobody is led
 * where nothing is for them.
 */
import { ROLE_NAMES } from '@chaperone/protocol/console-api/administration.ts';
import type { RoleName } from '../api/administration.ts';

export const PAGES = [
  'accounts',
  'workstations',
  'licences',
  'carts',
  'sign-ins',
  'sessions',
  'two-person-acts',
  'roles',
  'ledger',
] as const;
export type PageName = (typeof PAGES)[number];

/** Whoever has one of these may. */
export const ROLES_OF_PAGE: Readonly<Record<PageName | 'cases', readonly RoleName[]>> = {
  cases: ['technician', 'lead'],
  accounts: ['administrator'],
  workstations: ['administrator'],
  licences: ['administrator', 'field-engineer'],
  carts: ['administrator', 'field-engineer'],
  'sign-ins': ['administrator'],
  sessions: ['administrator'],
  'two-person-acts': ['administrator', 'lead'],
  roles: ['administrator'],
  ledger: ['auditor'],
};

/** What stands in the bar on top: a name, and the pages that belong to it. */
export const AREAS = [
  'cases',
  'administration',
  'commissioning',
  'two-person-acts',
  'ledger',
] as const;
export type AreaName = (typeof AREAS)[number];

const ADMINISTRATION: readonly PageName[] = [
  'accounts',
  'workstations',
  'licences',
  'carts',
  'sign-ins',
  'sessions',
  'two-person-acts',
  'roles',
];

export interface Area {
  readonly name: AreaName;
  readonly pages: readonly PageName[];
}

/** Keeps what is a role of ours; a later gateway may know others. */
export function rolesOf(names: readonly string[]): readonly RoleName[] {
  return ROLE_NAMES.filter((role) => names.includes(role));
}

export function mayOpen(page: PageName | 'cases', roles: readonly RoleName[]): boolean {
  return ROLES_OF_PAGE[page].some((role) => roles.includes(role));
}

/** The areas of somebody, in the order of the bar. */
export function areasOf(roles: readonly RoleName[]): readonly Area[] {
  const areas: Area[] = [];
  if (mayOpen('cases', roles)) areas.push({ name: 'cases', pages: [] });
  if (roles.includes('administrator')) {
    areas.push({ name: 'administration', pages: ADMINISTRATION });
  } else {
    if (roles.includes('lead')) {
      areas.push({ name: 'two-person-acts', pages: ['two-person-acts'] });
    }
    if (roles.includes('field-engineer')) {
      areas.push({ name: 'commissioning', pages: ['carts', 'licences'] });
    }
  }
  if (roles.includes('auditor')) areas.push({ name: 'ledger', pages: ['ledger'] });
  return areas;
}

/** Where somebody begins; whoever has no role has an account at least. */
export function firstPlaceOf(roles: readonly RoleName[]): PageName | 'cases' | 'account' {
  const [first] = areasOf(roles);
  if (first === undefined) return 'account';
  return first.pages[0] ?? 'cases';
}

/** Pressed after `g`. Keys of the pages of a case (s, f, r, n, t) and of the cases (c) are not used again. */
export const PAGE_KEYS: Readonly<Record<PageName, string>> = {
  accounts: 'a',
  workstations: 'w',
  licences: 'l',
  carts: 'k',
  'sign-ins': 'i',
  sessions: 'v',
  'two-person-acts': 'p',
  roles: 'o',
  ledger: 'e',
};
