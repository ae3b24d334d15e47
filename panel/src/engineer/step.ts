/** What each step of the engineer page is given. */
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import type { EngineerActs } from '../api/engineer-agent.ts';

export interface StepProps {
  readonly state: EngineerState;
  readonly acts: EngineerActs;
  /** Shows the step after this one. */
  readonly onNext: () => void;
}

/** What the form of one interface is given. */
export interface ProfileFormProps {
  readonly name: string;
  readonly acts: Pick<EngineerActs, 'scan'>;
  /** Tries a profile on this interface; settles once it is being tried. */
  readonly onTry: (profile: NetworkProfile) => Promise<void>;
  readonly isTrying: boolean;
  /** Something was typed that is not in force: to try it is what comes next. */
  readonly isTyped: boolean;
  readonly onTyped: () => void;
}
