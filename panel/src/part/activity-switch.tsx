/** A switch for one activity, before anybody is let in. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import { useSpeech } from '../words/speech.tsx';
import { ACTIVITY_ICONS } from './activity-icon.ts';

interface ActivitySwitchProps {
  readonly activity: Activity;
  readonly asked: boolean;
  readonly on: boolean;
  readonly onTurn: () => void;
}

/** Shows a switch, or plainly that the technician did not ask for this. */
export function ActivitySwitch({ activity, asked, on, onTurn }: ActivitySwitchProps): ReactNode {
  const { words } = useSpeech();
  const press = usePress(onTurn);
  const Icon = ACTIVITY_ICONS[activity];
  const name = <span className="switch__name">{words.activities[activity]}</span>;
  if (!asked) {
    return (
      <p className="switch switch--absent">
        <Icon className="icon" aria-hidden="true" />
        {name}
        <span className="switch__absent">{words.waiting.notAsked}</span>
      </p>
    );
  }
  return (
    <button type="button" className="switch" role="switch" aria-checked={on} {...press}>
      <Icon className="icon" aria-hidden="true" />
      {name}
      <span className="switch__track" aria-hidden="true">
        <span className="switch__knob" />
      </span>
    </button>
  );
}
