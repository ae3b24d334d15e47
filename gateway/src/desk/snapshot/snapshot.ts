/**
 * Pictures of the cart's screen that a technician keeps: a PNG becomes a sealed record of the case (decision 0053).
 *
 * What comes is what the technician's page says that it showed: no proof of what the cart's screen was. It is taken from whoever
 * may view that screen at that moment only, asked before the first byte is read and again before anything is kept; it is checked to be a
 * picture and nothing else, and waits in quarantine like every other file. Its entry in the ledger comes before the record.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { admitSnapshot } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { SnapshotPicture } from '@chaperone/domain/ledger-entry/snapshot-fact.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { CaseNotOpen } from '@chaperone/domain/service-case/service-case.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { ServiceCases, StoredCase } from '../service-case/service-case.ts';
import { NoSession } from '../session/session.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { FileTooLarge, UploadBroken } from '../transfer/transfer.ts';
import type { Room } from '../transfer/transfer.ts';
import { checkPNG } from './check-png.ts';

export { SnapshotNotPNG } from './snapshot-error.ts';

/** Bytes of one picture: a screen of eight million pixels that compresses not at all. */
export const SNAPSHOT_BYTES_MAX = 32 * 1024 * 1024;

export interface SnapshotsOptions {
  readonly sessions: RemoteSessions;
  readonly cases: Pick<ServiceCases, 'inTurn'>;
  readonly room: Room;
  readonly ruleOf: (caseId: CaseId) => Promise<DeidentificationRule>;
}

export interface AskedSnapshot {
  readonly picture: SnapshotPicture;
  /** How long ago the page showed it, milliseconds: a frozen picture is older than its keeping. */
  readonly ageMs: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export class Snapshots {
  readonly #context: DeskContext;
  readonly #options: SnapshotsOptions;

  constructor(context: DeskContext, options: SnapshotsOptions) {
    this.#context = context;
    this.#options = options;
  }

  /**
   * Keeps a picture as a record of the case.
   * @throws DeidentifiedOnly, CaseNotOpen, NoSession, SessionHeldByAnother, ActivityNotGranted, SessionPaused, SnapshotNotPNG,
   *   FileTooLarge, UploadBroken, CaseTooLarge, DiskReserveReached, DiskFull, VaultUnavailable, CaseKeyMissing, LedgerUnavailable
   */
  async keep(serviceCase: StoredCase, caller: Caller, asked: AskedSnapshot): Promise<CaseRecord> {
    const { sessions, room, ruleOf } = this.#options;
    const { id: caseId } = serviceCase;
    admitSnapshot(await ruleOf(caseId));
    await sessions.open(serviceCase, caller, 'view');
    const bytes = await read(asked.body);
    await checkPNG(bytes);
    const share = await room.take(caseId, bytes.length);
    try {
      return await this.#sealed(serviceCase, caller, asked, bytes);
    } finally {
      share.giveBack();
    }
  }

  async #sealed(
    serviceCase: StoredCase,
    caller: Caller,
    { picture, ageMs }: AskedSnapshot,
    bytes: Buffer,
  ): Promise<CaseRecord> {
    const { vault, ledger, clock, randomBytes } = this.#context;
    const { sessions, cases } = this.#options;
    const { id: caseId } = serviceCase;
    const transferId = newId('transfer', randomBytes);
    const staging = await vault.openStaging(caseId, transferId);
    try {
      await staging.append(bytes);
      // In the case's turn: nothing may follow the decision to resolve.
      let record: CaseRecord | null = null;
      await cases.inTurn(caseId, async ({ state }) => {
        if (state !== 'open') throw new CaseNotOpen('This case is not open any more.');
        // Reading, checking and staging took time: the operator may have paused or ended meanwhile.
        await sessions.open(serviceCase, caller, 'view');
        const sessionId = sessions.grantedOf(caseId)?.session;
        if (sessionId === undefined) throw new NoSession('There is no session any more.');
        const about = { caseId, sessionId, transferId, by: caller.id, picture };
        await ledger.append({ kind: 'snapshot-taken', ...about, bytes: bytes.length });
        const sha256 = createHash('sha256').update(bytes).digest('base64url');
        const name = snapshotName(clock.utcMs() - ageMs, picture);
        record = await staging.finish({ origin: 'snapshot', name, sha256 });
      });
      assert(record !== null, 'the turn was taken');
      return record;
    } catch (fault) {
      await staging.discard();
      throw fault;
    }
  }
}

/** Such as `screen 2026-11-30 12-03-04Z exact.png`: names of files hold no colons everywhere. */
export function snapshotName(takenUtcMs: number, picture: SnapshotPicture): string {
  const [date = '', time = ''] = new Date(takenUtcMs).toISOString().slice(0, 19).split('T');
  const said = picture === 'unknown' ? '' : ` ${picture}`;
  return `screen ${date} ${time.replaceAll(':', '-')}Z${said}.png`;
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body) {
      bytes += part.length;
      if (bytes > SNAPSHOT_BYTES_MAX)
        throw new FileTooLarge(`A picture of the screen has at most ${SNAPSHOT_BYTES_MAX} bytes.`);
      parts.push(part);
    }
  } catch (fault) {
    if (fault instanceof FileTooLarge) throw fault;
    throw new UploadBroken('The picture broke off; nothing of it was kept.', { cause: fault });
  }
  return Buffer.concat(parts);
}
