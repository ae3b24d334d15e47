/** Words of the page that says that the clinic needs this system, and of the button that says so. */
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';

export interface InterlockWords {
  /** On the button that holds everybody off. */
  readonly raise: string;
  readonly raising: string;
  readonly title: string;
  /** @param technician null when nobody is connected */
  readonly text: (technician: string | null) => string;
  readonly why: Readonly<Record<InterlockSource, string>>;
  readonly since: (time: string) => string;
  /** Only a touch lifts it. */
  readonly stays: string;
  readonly lift: string;
  readonly liftIdle: string;
  readonly lifting: string;
  /** In a session, while the operator's own hand comes first. */
  readonly yourHand: string;
}

export const INTERLOCK_WORDS: Readonly<Record<Language, InterlockWords>> = {
  en: {
    raise: 'I need this system',
    raising: 'Holding off …',
    title: 'Remote service is held off',
    text: (technician) =>
      technician === null
        ? 'Nobody can be let in.'
        : `${technician} sees nothing and can do nothing.`,
    why: {
      operator: 'You asked for it.',
      'new-exam': 'A new examination has begun.',
      'probe-active': 'A probe is in use.',
      vendor: 'This system asked for it.',
    },
    since: (time) => `Since ${time}.`,
    stays: 'It stays so until you touch the button below.',
    lift: 'Continue service',
    liftIdle: 'Allow service again',
    lifting: 'Continuing …',
    yourHand: 'You are using this system: remote input waits.',
  },
  de: {
    raise: 'Ich brauche das Gerät',
    raising: 'Wird ferngehalten …',
    title: 'Die Fernwartung wird ferngehalten',
    text: (technician) =>
      technician === null
        ? 'Niemand kann hereingelassen werden.'
        : `${technician} sieht nichts und kann nichts tun.`,
    why: {
      operator: 'Sie haben es verlangt.',
      'new-exam': 'Eine neue Untersuchung hat begonnen.',
      'probe-active': 'Ein Schallkopf wird benutzt.',
      vendor: 'Dieses Gerät hat es verlangt.',
    },
    since: (time) => `Seit ${time} Uhr.`,
    stays: 'Das bleibt so, bis Sie den Knopf unten berühren.',
    lift: 'Service fortsetzen',
    liftIdle: 'Service wieder erlauben',
    lifting: 'Wird fortgesetzt …',
    yourHand: 'Sie bedienen das Gerät: Eingaben von außen warten.',
  },
  es: {
    raise: 'Necesito este equipo',
    raising: 'Reteniendo …',
    title: 'El servicio remoto está retenido',
    text: (technician) =>
      technician === null
        ? 'No se puede dejar entrar a nadie.'
        : `${technician} no ve nada y no puede hacer nada.`,
    why: {
      operator: 'Usted lo ha pedido.',
      'new-exam': 'Ha empezado un nuevo examen.',
      'probe-active': 'Se está usando una sonda.',
      vendor: 'Este equipo lo ha pedido.',
    },
    since: (time) => `Desde las ${time}.`,
    stays: 'Sigue así hasta que usted toque el botón de abajo.',
    lift: 'Continuar el servicio',
    liftIdle: 'Permitir el servicio otra vez',
    lifting: 'Continuando …',
    yourHand: 'Usted usa este equipo: lo que llega de fuera espera.',
  },
};
