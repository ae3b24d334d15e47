/** What the technician may do now, each with the touch that takes it back. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';
import { ACTIVITY_ICONS } from './activity-icon.ts';
import { Button } from './button.tsx';

interface ActivityListProps {
  readonly technicianName: string;
  readonly granted: readonly Activity[];
  /** The service centre says that it records what is shown. */
  readonly recordsScreen: boolean;
  readonly isBusy: (activity: Activity) => boolean;
  readonly onWithdraw: (activity: Activity) => void;
}

/** Shows all four activities; what is not allowed is said, not left out. */
export function ActivityList({
  technicianName,
  granted,
  recordsScreen,
  isBusy,
  onWithdraw,
}: ActivityListProps): ReactNode {
  const { words } = useSpeech();
  return (
    <section className="may" aria-label={words.session.mayDo(technicianName)}>
      <h2 className="section-title">{words.session.mayDo(technicianName)}</h2>
      <ul className="may__list">
        {ACTIVITIES.map((activity) => {
          const Icon = ACTIVITY_ICONS[activity];
          const may = granted.includes(activity);
          return (
            <li key={activity} className={may ? 'may__row' : 'may__row may__row--not'}>
              <Icon className="icon" aria-hidden="true" />
              <span className="may__name">
                {words.activities[activity]}
                {may && recordsScreen && activity === 'view' && (
                  <span className="may__recorded">{words.session.recorded}</span>
                )}
              </span>
              {may ? (
                <Button
                  tone="plain"
                  size="small"
                  guarded
                  busy={isBusy(activity)}
                  busyWords={words.moment}
                  label={words.session.withdrawLabel(words.activities[activity])}
                  onPress={() => onWithdraw(activity)}
                >
                  {words.session.withdraw}
                </Button>
              ) : (
                <span className="may__not">
                  <X className="icon" aria-hidden="true" /> {words.session.mayNotDo}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
