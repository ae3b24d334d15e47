/**
 * A session within the bounds of the facility's policy: whom it shows, what it admits, the second person whom a consent may need, and
 * when it is over. The rules are the domain's; here is what of them belongs to the session that runs.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import type { Grant, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { secondApprovalFor } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { Asking, FileDirection } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { approverOf, NO_APPROVAL } from '@chaperone/domain/facility-policy/second-approval.ts';
import type { ApprovalState } from '@chaperone/domain/facility-policy/second-approval.ts';
import type { RequestId } from '@chaperone/domain/id/id.ts';
import type { SessionEvent } from '@chaperone/domain/session/session.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { SessionPolicy } from './session-policy.ts';

export interface PolicyBoundOptions {
  readonly policy: SessionPolicy;
  readonly state: () => SessionState;
  readonly now: () => Instant;
  /** Takes a step that gives nobody anything. */
  readonly act: (event: SessionEvent) => void;
  /** Takes the step of a right PIN: in the journal first. */
  readonly approved: (event: SessionEvent) => Promise<void>;
  /** Gives the operator's consent, once the second person has said yes. */
  readonly consent: (requestId: RequestId, activities: readonly Activity[]) => Promise<void>;
}

export class PolicyBound {
  readonly #options: PolicyBoundOptions;

  constructor(options: PolicyBoundOptions) {
    this.#options = options;
  }

  /** Who is asked for a second yes now, if anybody. */
  get approval(): ApprovalState {
    const state = this.#options.state();
    return state.phase === 'waiting' ? state.approval : NO_APPROVAL;
  }

  /** Follows the session: the policy is taken when one begins. */
  taken(state: SessionState, previous: SessionState): void {
    const { policy } = this.#options;
    if (state.phase === 'dialling' && previous.phase === 'notice') policy.beginSession();
    if (state.phase === 'idle' || state.phase === 'ended') policy.endSession();
  }

  /** Whether records must be de-identified before they leave, whatever a case says. */
  mustDeIdentify(): boolean {
    return this.#options.policy.mustDeIdentify();
  }

  /** Narrows a verified request to what the policy allows. @throws FacilityPolicyNotInForce, FacilityClosed, TechnicianNotAllowed */
  admitRequest(request: SessionRequest): SessionRequest {
    const activities = this.#options.policy.admitTechnician(askingOf(request), request.activities);
    return { ...request, activities };
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, TechnicianNotAllowed, ActivityNotAllowed */
  admitWatcher(looking: Pick<SessionRequest, 'technician' | 'workstation'>): void {
    this.#options.policy.admitTechnician(askingOf(looking), ['view']);
    this.#options.policy.admitActivities(askingOf(looking), ['view']);
  }

  /** Leaves out whom a policy that has just come does not let in. */
  stillAdmitted(requests: readonly SessionRequest[]): readonly SessionRequest[] {
    return requests.flatMap((request) => {
      try {
        return [this.admitRequest(request)];
      } catch (fault) {
        if (fault instanceof DomainError) return [];
        throw fault;
      }
    });
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed */
  admit(grant: Grant, activity: Activity): void {
    this.#options.policy.admitActivities(askingOf(grant), [activity]);
  }

  /** Names what of a grant the policy does not allow any more. */
  forbidden(grant: Grant): readonly Activity[] {
    return grant.activities.filter((activity) => {
      try {
        this.admit(grant, activity);
        return false;
      } catch (fault) {
        if (fault instanceof DomainError) return true;
        throw fault;
      }
    });
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, FileTypeNotAllowed */
  admitFile(direction: FileDirection, name: string, head: Uint8Array): void {
    this.#options.policy.admitFile(direction, name, head);
  }

  mayListFile(name: string): boolean {
    return this.#options.policy.mayListFile(name);
  }

  /** Tells whether the policy wants a second person before this consent. @throws FacilityPolicyNotInForce */
  wantsSecondPerson(activities: readonly Activity[]): boolean {
    return secondApprovalFor(this.#options.policy.standing, activities) !== null;
  }

  /**
   * Takes the PIN of the second person, and gives the consent when it is right.
   * @throws ApprovalNotAsked, ApproverUnknown, ApproverLocked, ApproverPinNotSet, ApproverPinWrong, and what the consent throws
   */
  async approve(approverId: string, pin: string): Promise<void> {
    const { policy, now, act, approved, consent } = this.#options;
    const answers = this.approval;
    approverOf(answers, approverId, now());
    if (answers.is !== 'asked') return;
    const isPINRight = await policy.isApproverPin(approverId, pin);
    // While the PIN was looked at, the world went on: the machine lets only the same question be answered.
    const answer = { type: 'answer-approval', answers, approverId, isPINRight } as const;
    if (!isPINRight) {
      act(answer);
      throw new ApproverPinWrong('This PIN is wrong.');
    }
    await approved(answer);
    try {
      await consent(answers.requestId, answers.activities);
    } catch (fault) {
      // Used once, whatever becomes of the consent.
      act({ type: 'refuse-approval' });
      throw fault;
    }
  }

  /** The second person, or the operator, says no. */
  refuse(): void {
    this.#options.act({ type: 'refuse-approval' });
  }
}

export class ApproverPinWrong extends DomainError {
  readonly code = 'APPROVER_PIN_WRONG';
}

function askingOf({ technician, workstation }: Pick<Grant, 'technician' | 'workstation'>): Asking {
  return { technicianId: technician.id, workstationId: workstation.id };
}
