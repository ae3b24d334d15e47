/** Keeps the newest report of each workstation; that none goes back in time holds in one statement of the database. */
import type { LackCode, PostureReport } from '@chaperone/domain/posture/posture.ts';
import { posture as postureSchema } from '@chaperone/protocol/signed/posture-claims.ts';
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

  /** Keeps a report. False when one that is as new or newer is kept already. */
  async put(workstation: string, { report, lacks }: KeptReport): Promise<boolean> {
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
          .where('desk_workstation_posture.taken_at', '<', row.taken_at),
      )
      .returning('workstation')
      .executeTakeFirst();
    return kept !== undefined;
  }
}

function keptOf({ taken_at, posture, lacks }: PostureRow): KeptReport {
  return {
    report: { takenUtcMs: taken_at, posture: postureSchema.parse(JSON.parse(posture)) },
    lacks: JSON.parse(lacks) as LackCode[],
  };
}
