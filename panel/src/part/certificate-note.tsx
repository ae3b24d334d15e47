/** What the operator has to know about the certificate by which the service centre knows this system: nothing while it is renewed in time. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { FileClock, FileX2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { dayText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';

/** Says quietly that it is not renewed or ends soon, and clearly that it does not count any more. */
export function CertificateNote({ certificate }: Pick<PanelView, 'certificate'>): ReactNode {
  const { words, language } = useSpeech();
  if (certificate === null || certificate.notice === 'none') return null;
  const { notice, expiresUtcMs } = certificate;
  if (notice === 'failing' || notice === 'ends-soon') {
    return (
      <p className="licence-note">
        <FileClock className="icon" aria-hidden="true" />{' '}
        {words.idle.certificateNotRenewed(dayText(language, expiresUtcMs))}
      </p>
    );
  }
  return (
    <p className="strip strip--warning" role="alert">
      <FileX2 className="icon" aria-hidden="true" />{' '}
      {notice === 'expired' ? words.idle.certificateExpired : words.idle.certificateRefused}
    </p>
  );
}
