/** What the operator has to know about this system's licence: nothing while it simply holds. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { CalendarClock, CalendarX2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { dayText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';

/** Says that the licence ends soon, quietly, or that it is not in force. */
export function LicenceNote({ licence }: Pick<PanelView, 'licence'>): ReactNode {
  const { words, language } = useSpeech();
  if (licence === null || licence.standing === 'in-force') return null;
  const { standing, validFromUtcMs, validUntilUtcMs } = licence;
  // The instant of the end belongs to the next day.
  const lastDay = validUntilUtcMs === null ? '' : dayText(language, validUntilUtcMs - 1);
  if (standing === 'ends-soon') {
    return (
      <p className="licence-note">
        <CalendarClock className="icon" aria-hidden="true" /> {words.idle.licenceEndsSoon(lastDay)}
      </p>
    );
  }
  return (
    <p className="strip strip--warning" role="alert">
      <CalendarX2 className="icon" aria-hidden="true" />{' '}
      {standing === 'expired'
        ? words.idle.licenceExpired(lastDay)
        : words.idle.licenceNotYet(dayText(language, validFromUtcMs))}
    </p>
  );
}
