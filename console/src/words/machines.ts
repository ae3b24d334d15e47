/** Words of workstations, licences and carts. */
import type { CommissionedCart, Licence, Workstation } from '../api/administration.ts';

export const WORKSTATION_WORDS = {
  title: 'Workstations',
  lead: 'Computers from which technicians may sign in. Each takes a seat.',
  seats: (used: number, max: number) => `${used} of ${max} seats used`,
  seatsUsed: (used: number) => (used === 1 ? '1 seat used' : `${used} seats used`),
  searchHint: 'Name or ID',
  empty: 'No workstation is licensed yet.',
  columns: {
    label: 'Name',
    state: 'State',
    posture: 'Updates',
    lastSeen: 'Last seen',
    enrolled: 'Licensed',
    expires: 'Certificate ends',
    id: 'ID',
  },
  states: { active: 'Active', expired: 'Expired', retired: 'Retired' } satisfies Record<
    Workstation['state'],
    string
  >,
  current: 'Current',
  behind: (count: number) => (count === 1 ? '1 is behind' : `${count} are behind`),
  unreported: 'Not reported',
  postureTitle: 'What to update there',
  copyId: 'copy the ID',
  retire: 'Retire …',
  retireTitle: (label: string) => `Retire ${label}?`,
  retireLead:
    'Its certificates are revoked and its seat is free. It can come back by a new licence code only.',
  retireAct: 'Retire workstation',
  retired: (label: string) => `${label} is retired.`,
} as const;

export const LICENCE_WORDS = {
  title: 'Licences',
  lead: 'A licence code lets one workstation or one cart take part, once.',
  searchHint: 'Name, serial or state',
  empty: 'No licence has been issued yet.',
  columns: {
    name: 'Name',
    subject: 'For',
    state: 'State',
    issued: 'Issued',
    expires: 'To be used until',
    id: 'ID',
  },
  subjects: { cart: 'Cart', workstation: 'Workstation' } satisfies Record<
    Licence['subject'],
    string
  >,
  states: {
    issued: 'Issued',
    redeemed: 'Used',
    expired: 'Expired',
    retired: 'Retired',
  } satisfies Record<Licence['state'], string>,
  copyId: 'copy the ID',
  forWorkstation: 'For a workstation …',
  forWorkstationTitle: 'Issue a licence for a workstation',
  label: 'Name of the workstation',
  labelHint: 'Such as “Service desk 4, left”.',
  forCart: 'For a cart …',
  forCartTitle: 'Issue a licence for a cart',
  serial: 'Serial number of the cart',
  serialHint: 'As it stands on the type plate.',
  issue: 'Issue licence',
  code: 'Licence code',
  codeLead: (name: string, until: string) => `For ${name}. It works once, until ${until}.`,
  issued: (name: string) => `A licence for ${name} is issued.`,
  retire: 'Retire …',
  retireTitle: (name: string) => `Retire the licence of ${name}?`,
  retireLead: 'Its code is worth nothing any more. What it licensed already is retired there.',
  retireAct: 'Retire licence',
  retired: (name: string) => `The licence of ${name} is retired.`,
} as const;

export const CART_WORDS = {
  title: 'Carts',
  lead: 'A cart is licensed here and commissioned on site, where its key is made.',
  searchHint: 'Serial or state',
  empty: 'No cart is licensed yet.',
  columns: {
    serial: 'Serial',
    state: 'State',
    online: 'Line',
    expires: 'Certificate ends',
  },
  states: {
    licensed: 'Licensed',
    commissioned: 'Commissioned',
    retired: 'Retired',
  } satisfies Record<CommissionedCart['state'], string>,
  copySerial: 'copy the serial',
  licensedLead: 'Its licence code is to be used on site.',
  license: 'License …',
  licenseAnew: 'License anew …',
  retire: 'Retire …',
  retireTitle: (serial: string) => `Retire the cart ${serial}?`,
  retireLead: 'Its certificates are revoked. It can come back by a new licence code only.',
  retireOnline: 'It is connected: that connection, and a session over it, ends now.',
  retireAct: 'Retire cart',
  retired: (serial: string) => `The cart ${serial} is retired.`,
} as const;
