/** What the console asks the desk for on behalf of administrators, leads, field engineers and auditors. */
import {
  account,
  approved,
  issuedCartLicence,
  issuedLicence,
  ledgerLine,
  licence,
  liveSession,
  madeAccount,
  pageOf,
  proposal,
  roleTable,
  signInItem,
  workstation,
  workstationPage,
} from '@chaperone/protocol/console-api/administration.ts';
import { cartReportList, commissionedCart } from '@chaperone/protocol/console-api/carts.ts';
import type {
  CART_CHOICES,
  CART_ORDERS,
  cartReport,
} from '@chaperone/protocol/console-api/carts.ts';
import type {
  ProposedAct,
  ROLE_NAMES,
  renewal,
} from '@chaperone/protocol/console-api/administration.ts';
import { z } from 'zod';
import { ask } from './ask.ts';
import { confirmed } from './confirmation.ts';

export type Account = z.infer<typeof account>;
export type RoleName = (typeof ROLE_NAMES)[number];
export type RoleTable = z.infer<typeof roleTable>;
export type Workstation = z.infer<typeof workstation>;
export type Licence = z.infer<typeof licence>;
/** What a cart's licence is to allow; the end is always said. */
export type AskedTerms = Pick<
  z.infer<typeof renewal>,
  'validFromUtcMs' | 'validUntilUtcMs' | 'facility' | 'model'
> & { readonly features: readonly NonNullable<z.infer<typeof renewal>['features']>[number][] };
export type IssuedLicence = z.infer<typeof issuedLicence>;
export type CommissionedCart = z.infer<typeof commissionedCart>;
export type CartReport = z.infer<typeof cartReport>;
export interface CartsQuery extends ListQuery {
  readonly only?: (typeof CART_CHOICES)[number];
  readonly sort?: (typeof CART_ORDERS)[number];
}
export type SignInItem = z.infer<typeof signInItem>;
export type LiveSession = z.infer<typeof liveSession>;
export type Proposal = z.infer<typeof proposal>;
export type LedgerLine = z.infer<typeof ledgerLine>;

/** Which part of a list is asked for. */
export interface ListQuery {
  readonly q?: string;
  /** From 1. */
  readonly page?: number;
  readonly size?: number;
}
export interface LedgerQuery extends ListQuery {
  readonly kind?: string;
  /** UTC, milliseconds; inclusive. */
  readonly from?: number;
  readonly to?: number;
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

const list = <Item extends z.ZodType>(item: Item, path: string) => {
  const schema = pageOf(item);
  return (query: LedgerQuery) => ask(schema, 'GET', withQuery(path, query));
};
/** An act that the desk may want confirmed. */
const act = <S extends z.ZodType>(schema: S, path: string, body: object) =>
  confirmed(() => ask(schema, 'POST', path, body));

export const administration = {
  accounts: list(account, '/api/admin/accounts'),
  addAccount: (body: {
    userId: string;
    directoryLogin: string;
    name: string;
    roles: readonly RoleName[];
  }) => act(madeAccount, '/api/admin/accounts', body),
  disable: (id: string, reason: string) =>
    act(account, `/api/admin/accounts/${id}/disable`, { reason }),
  enable: (id: string, reason: string) =>
    act(account, `/api/admin/accounts/${id}/enable`, { reason }),
  changeRoles: (id: string, roles: readonly RoleName[], reason: string) =>
    act(account, `/api/admin/accounts/${id}/roles`, { roles, reason }),
  roles: () => ask(roleTable, 'GET', '/api/admin/roles'),
  workstations: (query: ListQuery) =>
    ask(workstationPage, 'GET', withQuery('/api/admin/workstations', query)),
  retireWorkstation: (id: string, reason: string) =>
    act(workstation, `/api/admin/workstations/${id}/retire`, { reason }),
  licences: list(licence, '/api/admin/licences'),
  licenseWorkstation: (label: string) =>
    act(issuedLicence, '/api/admin/licences/workstation', { label }),
  licenseCart: (serial: string, terms: AskedTerms) =>
    act(issuedCartLicence, '/api/admin/licences/cart', { serial, ...terms }),
  renewLicence: (id: string, body: AskedTerms & { readonly reason: string }) =>
    act(licence, `/api/admin/licences/${id}/renew`, body),
  retireLicence: (id: string, reason: string) =>
    act(licence, `/api/admin/licences/${id}/retire`, { reason }),
  carts: (query: CartsQuery) =>
    ask(pageOf(commissionedCart), 'GET', withQuery('/api/admin/carts', query)),
  cartReports: (serial: string) => ask(cartReportList, 'GET', `${cartPath(serial)}/reports`),
  retireCart: (serial: string, reason: string) =>
    act(commissionedCart, `${cartPath(serial)}/retire`, { reason }),
  signIns: list(signInItem, '/api/admin/sign-ins'),
  endSignIn: (id: string, reason: string) =>
    act(z.null(), `/api/admin/sign-ins/${id}/end`, { reason }),
  sessions: list(liveSession, '/api/admin/sessions'),
  endSession: (id: string, reason: string) =>
    act(z.null(), `/api/admin/sessions/${id}/end`, { reason }),
  proposals: list(proposal, '/api/proposals'),
  propose: (body: { act: ProposedAct; target: string; reason: string }) =>
    act(proposal, '/api/proposals', body),
  approve: (id: string) => act(approved, `/api/proposals/${id}/approve`, {}),
  decline: (id: string, reason: string) =>
    act(proposal, `/api/proposals/${id}/decline`, { reason }),
  ledger: list(ledgerLine, '/api/audit/entries'),
};

function cartPath(serial: string): string {
  return `/api/admin/carts/${encodeURIComponent(serial)}`;
}

/** Where an acceptance report of a cart is, as a file or as a page. */
export function reportAddress(serial: string, report: string, form: 'file' | 'page'): string {
  return `${cartPath(serial)}/reports/${report}/${form}`;
}

/** What is not asked for is left out: the desk knows its defaults. */
function withQuery(path: string, query: LedgerQuery | CartsQuery): string {
  const members = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(members.map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}
