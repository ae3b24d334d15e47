/** One technician who is ready: who, the number to compare, what to allow, and the touch that allows it. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { Film, ShieldCheck, UserRoundCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { facilityWords } from '../words/facility-words.ts';
import { useSpeech } from '../words/speech.tsx';
import { ActivitySwitch } from './activity-switch.tsx';
import { Button } from './button.tsx';
import { firstChoice, turnSwitch } from './choice.ts';
import { ComparisonCode } from './comparison-code.tsx';

export type PanelRequest = PanelView['requests'][number];

interface TechnicianCardProps {
  readonly request: PanelRequest;
  readonly busy: boolean;
  /** The service centre says that it records what is shown. */
  readonly recordsScreen: boolean;
  /** What needs a second person of the facility, too. */
  readonly approved: readonly Activity[];
  readonly onAllow: (activities: readonly Activity[]) => void;
}

/** Shows a technician. Give it the request's id as key: a new request starts with fresh switches. */
export function TechnicianCard({
  request,
  busy,
  recordsScreen,
  approved,
  onAllow,
}: TechnicianCardProps): ReactNode {
  const { words, language } = useSpeech();
  const [chosen, setChosen] = useState(() => firstChoice(request.activities));
  const [reminded, setReminded] = useState(false);
  const parts = chosen.map((activity) => words.activities[activity]);
  if (chosen.some((activity) => approved.includes(activity)))
    parts.push(facilityWords(language).needsSecond);
  const what = chosen.length === 0 ? words.waiting.chooseOne : parts.join(' · ');
  return (
    <section className="card" aria-label={request.technicianName}>
      <div className="card__who">
        <h2 className="card__name">{request.technicianName}</h2>
        <ComparisonCode code={request.comparisonCode} asks />
        {recordsScreen && request.activities.includes('view') && (
          <p className="card__recorded">
            <Film className="icon" aria-hidden="true" /> {words.session.recordsScreen}
          </p>
        )}
        <p className="quiet">{words.waiting.onlyLess}</p>
      </div>
      <fieldset className="card__what" aria-label={words.waiting.mayDo}>
        {reminded && chosen.length === 0 ? (
          <p className="card__label card__label--reminder" role="alert">
            {words.waiting.chooseOne}
          </p>
        ) : (
          <p className="card__label" aria-hidden="true">
            {words.waiting.mayDo}
          </p>
        )}
        {ACTIVITIES.map((activity) => (
          <ActivitySwitch
            key={activity}
            activity={activity}
            asked={request.activities.includes(activity)}
            on={chosen.includes(activity)}
            onTurn={() => setChosen(turnSwitch(chosen, activity, request.activities))}
          />
        ))}
        {request.deidentifies && request.activities.includes('fetch-files') && (
          <p className="card__promise">
            <ShieldCheck className="icon" aria-hidden="true" /> {words.session.deidentifies}
          </p>
        )}
      </fieldset>
      <div className="card__allow">
        <Button
          tone="go"
          size="main"
          icon={UserRoundCheck}
          guarded
          busy={busy}
          busyWords={words.moment}
          detail={what}
          onPress={() => {
            if (chosen.length > 0) onAllow(chosen);
            else setReminded(true);
          }}
        >
          {words.waiting.allow(request.technicianName)}
        </Button>
      </div>
    </section>
  );
}
