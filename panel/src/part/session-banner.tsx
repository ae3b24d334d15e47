/**
 * The banner of a session: in letters to read from the door, whether somebody can see this screen right now.
 *
 * It never claims less than is true: until the agent has confirmed a pause, it says that it is pausing.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { CirclePause, Eye, EyeOff, LoaderCircle, Play, WifiOff } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import type { Words } from '../words/words.ts';
import { Button } from './button.tsx';
import { Heading } from './heading.tsx';

export type PanelSession = NonNullable<PanelView['session']>;
export type SessionTone = 'live' | 'paused' | 'interrupted';
export type Underway = 'ending' | 'pausing' | 'resuming' | null;

interface SessionBannerProps {
  readonly session: PanelSession;
  /** Who else sees the screen; null: nobody. */
  readonly also: string | null;
  readonly heardMs: number;
  /** What was touched and is not yet confirmed. */
  readonly underway: Underway;
  readonly onResume: () => void;
}

interface Says {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
}

/** Tells how the whole window looks. A pause stays visible when the network is lost, too. */
export function toneOf(session: PanelSession): SessionTone {
  if (session.paused) return 'paused';
  return session.link === 'up' ? 'live' : 'interrupted';
}

/** Shows the banner. */
export function SessionBanner({
  session,
  also,
  heardMs,
  underway,
  onResume,
}: SessionBannerProps): ReactNode {
  const { words } = useSpeech();
  const says = saying(words, session);
  const Icon = underway === null ? says.icon : LoaderCircle;
  return (
    <section className={`banner banner--${toneOf(session)}`} aria-label={words.product}>
      <Icon
        className={underway === null ? 'banner__icon' : 'banner__icon icon--turning'}
        aria-hidden="true"
      />
      <div className="banner__words" aria-live="polite">
        {/* Pause and Continue vanish when touched: the focus goes on from here, not to nowhere. */}
        <Heading key={session.paused ? 'paused' : 'running'}>
          {underway === null ? says.title : words.session[underway]}
        </Heading>
        <p className="banner__text">{also === null ? says.text : `${says.text} · ${also}`}</p>
      </div>
      {session.leaseSecondsLeft !== null && session.link !== 'up' && (
        <Lease secondsLeft={session.leaseSecondsLeft} heardMs={heardMs} />
      )}
      {session.paused && (
        <div className="banner__act">
          <Button
            tone="go"
            icon={Play}
            guarded
            busy={underway === 'resuming'}
            busyWords={words.session.resuming}
            onPress={onResume}
          >
            {words.session.resume}
          </Button>
        </div>
      )}
    </section>
  );
}

function saying(words: Words, session: PanelSession): Says {
  const { session: texts } = words;
  const { technicianName: name, activities } = session;
  if (session.paused) {
    return { icon: CirclePause, title: texts.paused, text: texts.pausedText(name) };
  }
  if (session.link !== 'up') {
    const text = session.link === 'lost' ? texts.lostText(name) : texts.returnedText(name);
    return { icon: WifiOff, title: texts.interrupted, text };
  }
  if (!session.screenOpen) return { icon: EyeOff, title: texts.active, text: texts.allowed(name) };
  const text = activities.includes('control') ? texts.seesAndControls(name) : texts.sees(name);
  return { icon: Eye, title: texts.active, text };
}

function Lease(props: { readonly secondsLeft: number; readonly heardMs: number }): ReactNode {
  const { words } = useSpeech();
  const seconds = useSecondsLeft(props.secondsLeft, props.heardMs);
  return (
    <p className="lease">
      <span className="lease__label">{words.session.endsByItselfIn}</span>
      <span className="lease__clock" role="timer">
        {timeLeftText(words, seconds)}
      </span>
    </p>
  );
}
