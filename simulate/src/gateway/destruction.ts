/**
 * Runs destructions by the rules, a persisted step after the other, as `gateway/src/vault/destruction` does: first
 * the effect, then the row that says so. A crash may come between any two of these.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { DestructionStep } from '@chaperone/domain/destruction/destruction.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { World } from '../world/world.ts';
import type { GatewayDisk } from './gateway-disk.ts';

const EFFECT_MS = 12;
const WRITE_MS = 6;
const ROUNDS_MAX = 3;

export class Destructions {
  readonly #world: World;
  readonly #disk: GatewayDisk;
  readonly #closeCase: (caseId: CaseId) => void;
  readonly #rounds = new Map<CaseId, number>();
  #isStrayExpected = false;

  /** @param closeCase refuses everything new for a case and lets go of what is being received */
  constructor(world: World, disk: GatewayDisk, closeCase: (caseId: CaseId) => void) {
    this.#world = world;
    this.#disk = disk;
    this.#closeCase = closeCase;
  }

  /** Destroys a case, or goes on with it; asked for twice at once, it runs once. */
  run(caseId: CaseId): void {
    if (this.#rounds.has(caseId)) return;
    this.#rounds.set(caseId, 1);
    this.#closeCase(caseId);
    if (this.#disk.destructions.has(caseId)) return this.#goOn(caseId);
    this.#write(caseId, 'decided');
  }

  /** A writer that had begun before will leave a file behind in the next case that is destroyed. */
  expectStray(): void {
    this.#isStrayExpected = true;
  }

  #goOn(caseId: CaseId): void {
    const next = this.#world.rules.nextStep(this.#disk.destructions.get(caseId) ?? 'decided');
    if (next === null) return this.#stop(caseId);
    this.#world.after(EFFECT_MS, 'gateway', () => this.#perform(caseId, next));
  }

  #perform(caseId: CaseId, next: DestructionStep): void {
    const disk = this.#disk;
    this.#world.note('vault', `${caseId}: ${next}`);
    switch (next) {
      case 'decided':
        break;
      case 'keys-erased':
        disk.keys.delete(caseId);
        break;
      case 'records-erased':
        disk.eraseFiles(caseId);
        break;
      case 'traces-erased':
        disk.eraseRows(caseId);
        break;
      case 'verified':
        return this.#verify(caseId);
      case 'certified':
        return this.#certify(caseId);
    }
    if (next === 'records-erased' || next === 'traces-erased') this.#stray(caseId);
    this.#complete(caseId, next);
  }

  #stray(caseId: CaseId): void {
    if (!this.#isStrayExpected || this.#world.dice.percent(30)) return;
    this.#isStrayExpected = false;
    this.#world.reach('fault straggling-write');
    this.#disk.strays.set(caseId, 1);
    this.#disk.stored(caseId, 'temporary file');
  }

  #verify(caseId: CaseId): void {
    if (this.#world.rules.judge(this.#disk.countOf(caseId)) === 'verified') {
      return this.#complete(caseId, 'verified');
    }
    this.#world.reach('destruction again');
    const rounds = (this.#rounds.get(caseId) ?? 1) + 1;
    this.#rounds.set(caseId, rounds);
    if (rounds > ROUNDS_MAX) {
      this.#disk.destructions.set(caseId, 'decided');
      return this.#stop(caseId);
    }
    this.#write(caseId, 'decided');
  }

  #certify(caseId: CaseId): void {
    const { cases } = this.#disk;
    this.#disk.recordFirst(`case-resolved ${caseId}`, (fault) => {
      const found = cases.get(caseId);
      if (fault !== null || found === undefined) return this.#stop(caseId);
      if (found.state === 'resolved') return this.#complete(caseId, 'certified');
      const world = this.#world;
      const now = { monotonicMs: world.nowMs, utcMs: world.utcMs };
      try {
        cases.set(caseId, world.rules.completeResolving(found, { verified: true }, now));
      } catch (refusal) {
        if (!(refusal instanceof DomainError)) throw refusal;
        return this.#stop(caseId);
      }
      world.observe({ is: 'certified', caseId, remains: this.#disk.everythingOf(caseId) });
      world.ghost.certified.add(caseId);
      this.#complete(caseId, 'certified');
    });
  }

  /** Writes down that a step is complete, if the rules let it be the next one. */
  #complete(caseId: CaseId, completed: DestructionStep): void {
    const done = this.#disk.destructions.get(caseId) ?? 'decided';
    let step: DestructionStep;
    try {
      step = this.#world.rules.advance(done, completed);
    } catch (refusal) {
      if (!(refusal instanceof DomainError)) throw refusal;
      this.#world.reach(`refused ${refusal.code}`);
      return this.#stop(caseId);
    }
    this.#write(caseId, step);
  }

  #write(caseId: CaseId, step: DestructionStep): void {
    this.#world.after(WRITE_MS, 'gateway', () => {
      if (!this.#disk.hasRoom) return this.#stop(caseId);
      this.#disk.destructions.set(caseId, step);
      this.#world.reach(`destruction ${step}`);
      this.#disk.ledger.appendLater([`destruction-step ${caseId} ${step}`]);
      this.#goOn(caseId);
    });
  }

  /** It goes on when it is asked for again, or at the next start. */
  #stop(caseId: CaseId): void {
    if (this.#disk.destructions.get(caseId) !== 'certified') {
      this.#world.reach('destruction interrupted');
    }
    this.#rounds.delete(caseId);
  }
}
