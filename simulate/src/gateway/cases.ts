/** Service cases at the desk, as `gateway/src/desk/service-case`: opened, designated, resolved. */
import type { CartSerial, CaseId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ServiceCase } from '@chaperone/domain/service-case/service-case.ts';
import { TECHNICIANS } from '../people/people.ts';
import type { World } from '../world/world.ts';
import type { GatewayDisk } from './gateway-disk.ts';

export const CART = 'CART-1' as CartSerial;
/** A case of another cart, for whoever swaps cases. */
export const OTHER_CASE = 'case-of-another-cart' as CaseId;

export interface CasesOptions {
  readonly world: World;
  readonly disk: GatewayDisk;
  readonly inSession: (caseId: CaseId) => boolean;
  readonly destroy: (caseId: CaseId) => void;
  readonly changed: () => void;
}

export class Cases {
  readonly #options: CasesOptions;

  constructor(options: CasesOptions) {
    this.#options = options;
  }

  /** The open case of the cart. */
  get open(): ServiceCase | null {
    const cases = [...this.#options.disk.cases.values()];
    return cases.find((each) => each.cart === CART && each.state === 'open') ?? null;
  }

  /** Opens a case unless one is open. The key comes first, the ledger before the row. */
  begin(by: TechnicianId): void {
    const { disk, world, changed } = this.#options;
    if (this.open !== null) return;
    const id = `case-${disk.cases.size}` as CaseId;
    disk.recordFirst(`case-opened ${id}`, (fault) => {
      if (fault !== null || this.open !== null) return;
      disk.keys.add(id);
      disk.cases.set(id, newCase(id, CART, by));
      disk.details.add(id);
      disk.stored(id, 'complaint');
      world.note('desk', `${id} opened`);
      changed();
    });
  }

  designate(technician: TechnicianId): void {
    const { disk, world, changed } = this.#options;
    const found = this.open;
    if (found === null) return;
    disk.recordFirst(`designated ${found.id} ${technician}`, (fault) => {
      const now = disk.cases.get(found.id);
      if (fault !== null || now === undefined) return;
      attempt(world, () => {
        disk.cases.set(found.id, world.rules.designate(now, technician));
        changed();
      });
    });
  }

  /** Decides to resolve; asked again while that goes on, it goes on with the destruction. */
  resolve(): void {
    const { disk, world, inSession, destroy } = this.#options;
    const resolving = [...disk.cases.values()].find((each) => each.state === 'resolving');
    if (resolving !== undefined) return destroy(resolving.id);
    const found = this.open;
    if (found === null) return;
    attempt(world, () => {
      const inUse = inSession(found.id);
      const resolving = world.rules.beginResolving(found, inUse, 0);
      world.observe({ is: 'resolving-allowed', caseId: found.id, inUse });
      disk.recordFirst(entryOf(found.id), (fault) => {
        // Somebody may have decided it meanwhile.
        if (fault === null && this.open?.id === found.id) this.#decide(resolving);
      });
    });
  }

  /** Goes on with every destruction that was decided, if only the ledger knows of it; at each start. */
  resume(): void {
    const { disk, destroy, world } = this.#options;
    const found = this.open;
    const { durable } = disk.ledger;
    const decidedAt = found === null ? -1 : durable.lastIndexOf(entryOf(found.id));
    if (found !== null && decidedAt >= 0 && !durable.slice(decidedAt).some(isWork)) {
      attempt(world, () => this.#decide(world.rules.beginResolving(found, false, 0)));
    }
    for (const { id, state } of disk.cases.values()) if (state === 'resolving') destroy(id);
  }

  #decide(resolving: ServiceCase): void {
    const { disk, world, destroy, changed } = this.#options;
    const caseId = resolving.id;
    world.observe({ is: 'desk-acted', entry: entryOf(caseId), caseId, isDecision: true });
    world.note('desk', `${caseId} is being resolved`);
    disk.cases.set(caseId, resolving);
    world.ghost.decided.add(caseId);
    changed();
    destroy(caseId);
  }
}

function entryOf(caseId: CaseId): string {
  return `case-resolving ${caseId}`;
}

/** Whether an entry says that work went on: then whoever decided before was told that it had failed. */
function isWork(entry: string): boolean {
  return /^(?:designated|session-requested|grant-received|activity-opened|transfer-begun)/.test(
    entry,
  );
}

/** A case as it is when it has just been opened. */
export function newCase(id: CaseId, cart: CartSerial, by: TechnicianId): ServiceCase {
  return {
    id,
    number: id,
    state: 'open',
    facility: 'F',
    cart,
    openedUtcMs: 0,
    resolvedUtcMs: null,
    legalHold: false,
    designated: [by],
  };
}

/** What is there before anybody does anything: an open case of the cart, and one of another cart. */
export function firstCases(disk: GatewayDisk): void {
  const [ada, bo] = TECHNICIANS;
  const first = 'case-0' as CaseId;
  disk.cases.set(first, newCase(first, CART, ada.id));
  disk.cases.set(OTHER_CASE, newCase(OTHER_CASE, 'CART-2' as CartSerial, bo.id));
  for (const id of [first, OTHER_CASE]) {
    disk.keys.add(id);
    disk.details.add(id);
  }
}

/** Does what the rules may refuse. */
function attempt(world: World, act: () => void): void {
  try {
    act();
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    world.reach(`refused ${refusal.code}`);
  }
}
