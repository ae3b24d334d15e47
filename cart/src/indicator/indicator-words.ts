/** What the banner says, in the operator's language. Short: it is read at arm's length, beside an examination. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';

export interface IndicatorWords {
  readonly remoteService: string;
  readonly paused: string;
  readonly interlocked: string;
  /** Follows what is said of the screen. */
  readonly recorded: string;
  readonly activities: Readonly<Record<Activity, string>>;
  /** As the panel's button says it, on two lines. */
  readonly interlock: readonly [string, string];
  readonly pause: string;
  readonly end: string;
}

export const INDICATOR_WORDS: Readonly<Record<Language, IndicatorWords>> = {
  en: {
    remoteService: 'Remote service',
    paused: 'Paused: nobody sees this screen',
    interlocked: 'Held off: nobody sees or does anything',
    recorded: 'it is recorded',
    activities: {
      view: 'sees this screen',
      control: 'works on it',
      'fetch-files': 'copies files',
      'send-files': 'sends files',
    },
    interlock: ['I need', 'this system'],
    pause: 'Pause',
    end: 'End',
  },
  de: {
    remoteService: 'Fernwartung',
    paused: 'Angehalten: niemand sieht diesen Bildschirm',
    interlocked: 'Ferngehalten: niemand sieht oder tut etwas',
    recorded: 'er wird aufgezeichnet',
    activities: {
      view: 'sieht diesen Bildschirm',
      control: 'bedient ihn',
      'fetch-files': 'kopiert Dateien',
      'send-files': 'schickt Dateien',
    },
    interlock: ['Ich brauche', 'das Gerät'],
    pause: 'Pause',
    end: 'Beenden',
  },
  es: {
    remoteService: 'Servicio remoto',
    paused: 'En pausa: nadie ve esta pantalla',
    interlocked: 'Retenido: nadie ve ni hace nada',
    recorded: 'queda grabada',
    activities: {
      view: 've esta pantalla',
      control: 'la maneja',
      'fetch-files': 'copia archivos',
      'send-files': 'envía archivos',
    },
    interlock: ['Necesito', 'este equipo'],
    pause: 'Pausa',
    end: 'Terminar',
  },
};
