/**
 * How often one technician may do what costs the service centre something: an entry in the ledger, a question to a cart, much
 * reading. A person at a console does not come near it; a page that runs wild, or a stolen cookie, is slowed down.
 *
 * It counts by technician, whatever workstation or cookie they come with. What only reads a little is not counted here.
 */
import type { Clock } from '../../platform/clock/clock.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { FOLDER_FILES_MAX } from '../transfer/transfer.ts';
import { RequestsTooMany } from './console-error.ts';
import type { RouteName } from './route-table.ts';

interface Pace {
  /** Requests at once, after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * decide: each is an entry of the ledger and often a new offer to a cart. move: what a person does to transfers, one by one or to
 * a selection. upload, send: once for each file of a folder, so that the largest folder which may be fetched by one request may
 * also be sent without a wait; what is uploaded is bounded by its case's room, what is sent by the transfers of a case. export:
 * each part of a record is read and unsealed. look: so are those of a viewer, which searches a large log in hundreds of them. ask: a cart answers it over its uplink, or the whole ledger is searched.
 * gather: reads every entry of a case, or all. hash: costs slow hashes, which those who sign in need, too.
 */
const PACES = {
  decide: { burst: 120, perSecond: 1 },
  move: { burst: 240, perSecond: 1 },
  upload: { burst: FOLDER_FILES_MAX, perSecond: 2 },
  send: { burst: FOLDER_FILES_MAX, perSecond: 2 },
  export: { burst: 240, perSecond: 4 },
  look: { burst: 2400, perSecond: 100 },
  ask: { burst: 120, perSecond: 10 },
  gather: { burst: 20, perSecond: 0.2 },
  hash: { burst: 10, perSecond: 1 / 30 },
} as const satisfies Readonly<Record<string, Pace>>;
type PaceName = keyof typeof PACES;

const PACE_OF: Readonly<Partial<Record<RouteName, PaceName>>> = {
  'POST /api/cases': 'decide',
  'POST /api/cases/:case/designations': 'decide',
  'POST /api/cases/:case/notes': 'decide',
  'POST /api/cases/:case/resolve': 'decide',
  'POST /api/cases/:case/session/request': 'decide',
  'POST /api/cases/:case/session/resume': 'decide',
  'POST /api/cases/:case/session/leave': 'decide',
  'POST /api/cases/:case/session/snapshots': 'decide',
  'POST /api/cases/:case/fetches': 'move',
  'POST /api/cases/:case/folder-fetches': 'gather',
  'POST /api/cases/:case/transfers/act': 'move',
  'POST /api/cases/:case/uploads': 'upload',
  'DELETE /api/cases/:case/uploads/:transfer': 'move',
  'POST /api/cases/:case/records/:record/destroy': 'decide',
  'POST /api/cases/:case/sends': 'send',
  'POST /api/cases/:case/transfers/:transfer/cancel': 'move',
  'POST /api/cases/:case/records/:record/deidentification': 'move',
  'GET /api/cases/:case/record-kinds': 'ask',
  'GET /api/cases/:case/records/:record/content': 'look',
  'POST /api/cases/:case/exports': 'decide',
  'GET /api/cases/:case/exports/:export/content': 'export',
  'POST /api/cases/:case/exports/:export/attestation': 'decide',
  'POST /api/cases/:case/export-permissions': 'decide',
  'POST /api/cases/:case/export-permissions/:technician/withdraw': 'decide',
  'GET /api/cases/:case/session/masks': 'ask',
  'POST /api/cases/:case/session/masks/ask': 'move',
  'GET /api/cases/:case/session/directories': 'ask',
  'GET /api/cases/:case/session/files': 'ask',
  'POST /api/cases/:case/session/watch': 'move',
  'POST /api/cases/:case/session/watch/leave': 'decide',
  'GET /api/cases/:case/session/watch/screen': 'ask',
  'GET /api/cases/:case/session/screen': 'ask',
  'GET /api/cases/:case/evidence': 'gather',
  'POST /api/admin/accounts': 'decide',
  'POST /api/admin/accounts/:account/disable': 'decide',
  'POST /api/admin/accounts/:account/enable': 'decide',
  'POST /api/admin/accounts/:account/roles': 'decide',
  'POST /api/admin/licences/workstation': 'decide',
  'POST /api/admin/licences/cart': 'decide',
  'POST /api/admin/licences/:licence/renew': 'decide',
  'POST /api/admin/licences/:licence/retire': 'decide',
  'POST /api/admin/workstations/:workstation/retire': 'decide',
  'POST /api/admin/carts/:serial/retire': 'decide',
  'POST /api/admin/sign-ins/:signIn/end': 'decide',
  'POST /api/admin/sessions/:session/end': 'decide',
  'POST /api/proposals': 'decide',
  'POST /api/proposals/:proposal/approve': 'decide',
  'POST /api/proposals/:proposal/decline': 'decide',
  'GET /api/audit/entries': 'ask',
  'GET /api/audit/evidence': 'gather',
  'GET /api/audit/tlog/checkpoint': 'ask',
  'GET /api/audit/tlog/tile/*': 'ask',
  'GET /api/audit/witnesses': 'ask',
  'POST /api/me/confirm/passkey/options': 'decide',
  'POST /api/me/confirm': 'decide',
  'POST /api/me/password': 'hash',
  'POST /api/me/factor/code/options': 'decide',
  'POST /api/me/factor/code': 'decide',
  'POST /api/me/factor/passkey/options': 'decide',
  'POST /api/me/factor/passkey': 'decide',
  'POST /api/me/factor/recovery-codes': 'hash',
};
const TECHNICIANS_MAX = 10_000;

export class Paces {
  readonly #limits: Readonly<Record<PaceName, RateLimit>>;

  constructor(clock: Clock) {
    const limit = (pace: Pace): RateLimit =>
      new RateLimit({ ...pace, keysMax: TECHNICIANS_MAX, now: () => clock.monotonicMs() });
    const { decide, move, upload, send, export: exports, look, ask, gather, hash } = PACES;
    this.#limits = {
      decide: limit(decide),
      move: limit(move),
      upload: limit(upload),
      send: limit(send),
      export: limit(exports),
      look: limit(look),
      ask: limit(ask),
      gather: limit(gather),
      hash: limit(hash),
    };
  }

  /** @throws RequestsTooMany */
  take(route: string, caller: Caller): void {
    const name = Object.hasOwn(PACE_OF, route) ? PACE_OF[route as RouteName] : undefined;
    if (name === undefined || this.#limits[name].take(caller.id)) return;
    throw new RequestsTooMany(Math.ceil(1 / PACES[name].perSecond));
  }
}
