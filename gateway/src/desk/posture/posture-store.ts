/**
 * Keeps the newest report of each workstation; that none goes back in time holds in one statement of the database.
 *
 * A row that the disk has damaged is as good as none. One from the future (a clock was wrong, or a bit) does not keep new
 * reports out: an old one could not be played again in its place, since a report lives for minutes only.
 */
import { REPORT_AHEAD_TOLERATED_MS } from '@chaperone/domain/posture/age.ts';
import { LACK_CODES } from '@chaperone/domain/posture/posture.ts';
import type { LackCode, PostureReport } from '@chaperone/domain/posture/posture.ts';
import { posture as postureSchema } from '@chaperone/protocol/signed/posture-claims.ts';
import { z } from 'zod';
import type { Database } from '../../platform/database/database.ts';
import type { PostureRow, PostureTables } from './tables.ts';

export interface KeptReport {
  readonly report: PostureReport;
  readonly lacks: readonly LackCode[];
}

export class PostureStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Gives the newest report of a workstation, or null. */
  async find(workstation: string): Promise<KeptReport | null> {
    const row = await this.#database
      .db<PostureTables>()
      .selectFrom('desk_workstation_posture')
      .selectAll()
      .where('workstation', '=', workstation)
      .executeTakeFirst();
    return row === undefined ? null : keptOf(row);
  }

  /** Keeps a report. False when one that is as new or newer is kept already. @param nowMs UTC */
  async put(workstation: string, { report, lacks }: KeptReport, nowMs: number): Promise<boolean> {
    const row = {
      workstation,
      taken_at: report.takenUtcMs,
      posture: JSON.stringify(report.posture),
      lacks: JSON.stringify(lacks),
    };
    const kept = await this.#database
      .db<PostureTables>()
      .insertInto('desk_workstation_posture')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('workstation')
          .doUpdateSet({ taken_at: row.taken_at, posture: row.posture, lacks: row.lacks })
          .where((held) =>
            held.or([
              held('desk_workstation_posture.taken_at', '<', row.taken_at),
              held('desk_workstation_posture.taken_at', '>', nowMs + REPORT_AHEAD_TOLERATED_MS),
            ]),
          ),
      )
      .returning('workstation')
      .executeTakeFirst();
    return kept !== undefined;
  }
}

/** Tells whether a report that is kept keeps another one out. @param nowMs UTC */
export function holdsAgainst(kept: PostureReport, next: PostureReport, nowMs: number): boolean {
  return kept.takenUtcMs >= next.takenUtcMs && kept.takenUtcMs <= nowMs + REPORT_AHEAD_TOLERATED_MS;
}

function keptOf({ taken_at, posture, lacks }: PostureRow): KeptReport | null {
  try {
    const report = { takenUtcMs: taken_at, posture: postureSchema.parse(JSON.parse(posture)) };
    return { report, lacks: z.array(z.enum(LACK_CODES)).parse(JSON.parse(lacks)) };
  } catch (fault) {
    if (fault instanceof z.ZodError || fault instanceof SyntaxError) return null;
    throw fault;
  }
}
