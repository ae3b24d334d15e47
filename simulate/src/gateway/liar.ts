/**
 * A captured gateway: it holds the gateway's end of the connection, has seen everything that ever went through it, and
 * says what it likes. It cannot sign for a workstation or touch the operator's screen.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { RequestId } from '@chaperone/domain/id/id.ts';
import { TECHNICIANS } from '../people/people.ts';
import type { Workstations } from '../people/people.ts';
import type { Statement } from '../people/statement.ts';
import type { ToCart } from '../world/messages.ts';
import type { Connection } from '../world/network.ts';
import type { World } from '../world/world.ts';
import { OTHER_CASE } from './cases.ts';
import type { Gateway } from './gateway.ts';

export const LIES = [
  'forged-technician',
  'wider-activities',
  'replayed-statement',
  'swapped-case',
  'ask-not-granted',
  'ask-old-grant',
  'ask-unclaimed',
  'resume-by-another',
  'resume-replayed',
  'end-for-no-reason',
  'connection-dropped',
] as const;
export type Lie = (typeof LIES)[number];

/** What there is to gain on a connection that came back and is not claimed yet. */
const LIES_UNCLAIMED: readonly Lie[] = ['ask-unclaimed', 'resume-by-another', 'resume-replayed'];

export interface LiarOptions {
  readonly world: World;
  readonly gateway: Gateway;
  readonly workstations: Workstations;
  readonly tellCart: (connection: Connection, message: ToCart) => void;
  readonly drop: (connection: Connection) => void;
}

export class Liar {
  readonly #options: LiarOptions;

  constructor(options: LiarOptions) {
    this.#options = options;
  }

  /** Tells one lie, if there is anybody to lie to. */
  lie(): void {
    const { world, gateway, tellCart, drop } = this.#options;
    const connection = gateway.desk.link;
    const isUnclaimed = gateway.desk.granted?.link === 'returned' && world.dice.percent(70);
    const lie = world.dice.pick(isUnclaimed ? LIES_UNCLAIMED : LIES);
    world.note('liar', connection === null ? `${lie} (nobody is connected)` : lie);
    if (connection === null) return;
    const message = this.#messageOf(lie, connection);
    if (lie === 'connection-dropped') drop(connection);
    else if (message === null) return;
    else tellCart(connection, message);
    world.reach(`lie ${lie}`);
  }

  #messageOf(lie: Lie, connection: Connection): ToCart | null {
    const { world } = this.#options;
    const { signed } = this.#options.workstations;
    const statement = signed.length === 0 ? null : world.dice.pick(signed.slice(-4));
    const grantId = this.#grantId();
    switch (lie) {
      case 'forged-technician':
        return statement && offerOf(forgery(statement));
      case 'wider-activities':
        return statement && offerOf({ ...copy(statement), activities: [...ACTIVITIES] });
      case 'replayed-statement':
        return statement && offerOf(statement);
      case 'swapped-case':
        return statement && offerOf(statement, true);
      case 'ask-unclaimed':
        return this.#askUnclaimed();
      case 'ask-not-granted':
        return grantId === null ? null : askOf(grantId, world.dice.pick(ACTIVITIES));
      case 'ask-old-grant':
        return askOf(`grnt-${1 + world.dice.below(9)}`, world.dice.pick(ACTIVITIES));
      case 'resume-by-another':
        return this.#resumeByAnother(connection);
      case 'resume-replayed':
        return statement && { type: 'resume', request: statement };
      case 'end-for-no-reason':
        return {
          type: 'end',
          reason: world.dice.pick(['gateway-ended', 'case-resolved'] as const),
        };
      case 'connection-dropped':
        return null;
    }
  }

  #askUnclaimed(): ToCart | null {
    const { granted } = this.#options.gateway.desk;
    const opened = [...(granted?.opened ?? [])];
    if (granted === null || opened.length === 0) return null;
    return askOf(granted.row.grant, this.#options.world.dice.pick(opened));
  }

  /** The grant that it has heard of last, ended or not. */
  #grantId(): string | null {
    const { granted } = this.#options.gateway.desk;
    if (granted !== null) return granted.row.grant;
    return [...this.#options.gateway.disk.sessions.values()].at(-1)?.grant ?? null;
  }

  /** Another technician, who plays along, signs for the session of the first with a genuine key. */
  #resumeByAnother(connection: Connection): ToCart | null {
    const { gateway, workstations } = this.#options;
    const { granted } = gateway.desk;
    if (granted === null) return null;
    const { caseId, grant, technician } = granted.row;
    const other = TECHNICIANS.find(({ id }) => id !== technician) ?? TECHNICIANS[0];
    const request = workstations.sign(other, caseId, connection, granted.activities, grant);
    return { type: 'resume', request };
  }
}

function forgery(statement: Statement): Statement {
  const other = TECHNICIANS.find(({ id }) => id !== statement.technician) ?? TECHNICIANS[0];
  return { ...copy(statement), technician: other.id };
}

/** What is altered has another id: a request's id is the digest of its words. */
function copy(statement: Statement): Statement {
  return { ...statement, id: `${statement.id}-altered` as RequestId };
}

function offerOf(statement: Statement, isSwapped = false): ToCart {
  const id = isSwapped ? OTHER_CASE : statement.caseId;
  const offered = { id, number: id, facility: 'F' };
  return { type: 'offer', offered, requests: [statement] };
}

function askOf(grantId: string, activity: Activity): ToCart {
  return { type: 'ask', ask: { grantId, activity, by: null } };
}
