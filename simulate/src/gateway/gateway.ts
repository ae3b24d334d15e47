/** The gateway's process: what stands up at each start over the same disk, and falls with each crash. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Technician, Workstations } from '../people/people.ts';
import type { ToCart, ToDesk } from '../world/messages.ts';
import type { Connection, Network } from '../world/network.ts';
import type { World } from '../world/world.ts';
import { Cases, firstCases } from './cases.ts';
import { Desk } from './desk.ts';
import { Destructions } from './destruction.ts';
import { GatewayDisk } from './gateway-disk.ts';
import { Transfers } from './transfers.ts';

export interface GatewayOptions {
  readonly world: World;
  readonly network: Network;
  readonly workstations: Workstations;
  readonly tellCart: (connection: Connection, message: ToCart) => void;
}

interface Process {
  readonly desk: Desk;
  readonly cases: Cases;
  readonly transfers: Transfers;
  readonly destructions: Destructions;
}

export class Gateway {
  readonly disk: GatewayDisk;
  readonly #options: GatewayOptions;
  #process: Process;
  isUp = true;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.disk = new GatewayDisk(options.world);
    firstCases(this.disk);
    this.#process = this.#start();
    options.network.lostAtDesk = (connection) => this.desk.lost(connection);
  }

  get desk(): Desk {
    return this.#process.desk;
  }
  get cases(): Cases {
    return this.#process.cases;
  }
  get transfers(): Transfers {
    return this.#process.transfers;
  }
  get destructions(): Destructions {
    return this.#process.destructions;
  }

  take(connection: Connection, message: ToDesk): void {
    if (!this.isUp) return;
    switch (message.type) {
      case 'hello':
      case 'view':
      case 'resumed':
        return this.desk.take(connection, message);
      case 'refused':
      case 'content':
      case 'inbox':
        if (connection === this.desk.link) this.transfers.take(message);
    }
  }

  /** A technician opens the screen, or tries something else, for the first time or again. */
  openActivity(technician: Technician, activity: Activity): void {
    const { tellCart } = this.#options;
    this.desk.open(null, technician.id, activity, (connection, grantId) =>
      tellCart(connection, { type: 'ask', ask: { grantId, activity, by: technician.id } }),
    );
  }

  moveFile(technician: Technician, direction: 'from-cart' | 'to-cart', file: number): void {
    const { granted } = this.desk;
    if (granted === null) return;
    const activity = direction === 'from-cart' ? 'fetch-files' : 'send-files';
    const { caseId, session } = granted.row;
    this.desk.open(session, technician.id, activity, () =>
      this.transfers.begin({ caseId, session, technician: technician.id, direction, file }),
    );
  }

  /** The process dies and comes back after a while. */
  crash(downMs: number): void {
    if (!this.isUp) return;
    const { world, network } = this.#options;
    this.isUp = false;
    world.kill('gateway');
    this.disk.ledger.crash();
    const { link } = this.desk;
    if (link !== null) network.close(link, 'desk');
    this.#process = this.#start();
    world.after(downMs, 'world', () => {
      this.isUp = true;
      this.cases.resume();
      this.desk.restore();
      this.transfers.restore();
    });
  }

  #start(): Process {
    const { world, network, workstations, tellCart } = this.#options;
    const { disk } = this;
    // A case whose destruction has begun is closed for everything else, also after a restart.
    const closed = new Set<CaseId>(disk.destructions.keys());
    const isClosed = (caseId: CaseId): boolean =>
      !world.rules.takesNew({
        state: disk.cases.get(caseId)?.state,
        hasKey: disk.keys.has(caseId),
        isClosed: closed.has(caseId),
      });
    const destructions = new Destructions(world, disk, (caseId) => {
      closed.add(caseId);
      for (const [id, staged] of disk.staged) if (staged.caseId === caseId) disk.staged.delete(id);
    });
    const desk: Desk = new Desk({
      world,
      disk,
      network,
      workstations,
      tellCart,
      cases: () => cases,
      usable: (session) => transfers.usable(session),
      interrupted: (session) => transfers.interrupted(session),
    });
    const transfers: Transfers = new Transfers({
      world,
      disk,
      isClosed,
      sessionOf: (session) => desk.sessionOf(session),
      ask: (row, activity, rest) =>
        desk.open(row.session, row.technician, activity, (connection, grantId) => {
          const ask = { grantId, activity, by: row.technician, ...rest };
          tellCart(connection, { type: 'ask', ask });
        }),
    });
    const cases: Cases = new Cases({
      world,
      disk,
      inSession: (caseId) => desk.inSession(caseId),
      destroy: (caseId) => destructions.run(caseId),
      changed: () => {
        if (!desk.endIfResolving()) desk.offer();
      },
    });
    return { desk, cases, transfers, destructions };
  }
}
