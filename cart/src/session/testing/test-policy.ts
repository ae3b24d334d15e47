/** Test support: a facility's policy by the product's own rules, whose standing and clock the test sets. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import {
  admitActivities,
  admitFile,
  admitSession,
  admitTechnician,
  mayListFile,
  mustDeIdentify,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import type {
  Asking,
  FileDirection,
  PolicyStanding,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { SessionPolicy } from '../session.ts';

export class TestPolicy implements SessionPolicy {
  standing: PolicyStanding = { is: 'none' };
  utcMs = 0;
  closesMonotonicMs: number | null = null;
  /** The PIN of everybody. */
  pin = '135792';
  sessions = 0;

  requireOpen(): void {
    admitSession(this.standing, this.utcMs);
  }
  beginSession(): void {
    this.sessions += 1;
  }
  endSession(): void {
    this.closesMonotonicMs = null;
  }
  admitTechnician(asking: Asking, wanted: readonly Activity[]): readonly Activity[] {
    return admitTechnician(this.standing, asking, wanted);
  }
  admitActivities(asking: Asking, wanted: readonly Activity[]): void {
    admitActivities(this.standing, asking, wanted);
  }
  admitFile(direction: FileDirection, name: string, head: Uint8Array): void {
    admitFile(this.standing, direction, name, head);
  }
  mayListFile(name: string): boolean {
    return mayListFile(this.standing, name);
  }
  mustDeIdentify(): boolean {
    return mustDeIdentify(this.standing);
  }
  async isApproverPin(_approverId: string, pin: string): Promise<boolean> {
    return pin === this.pin;
  }
}
