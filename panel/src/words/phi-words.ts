/** Words around the service centre's policy on patient data; its sentences are its own. */
import type { Language } from '@chaperone/domain/notice/notice.ts';

export interface PHIWords {
  readonly show: string;
  readonly hide: string;
  readonly title: string;
  readonly inFull: string;
  readonly onlyAddress: string;
  readonly does: string;
  readonly proof: (rows: string) => string;
}

const WORDS: Readonly<Record<Language, PHIWords>> = {
  en: {
    show: 'Patient data',
    hide: 'Close',
    title: 'Patient data: what the service centre promises, and what this system does',
    inFull: 'The policy in full:',
    onlyAddress: 'This is what the system does:',
    does: 'What the system does',
    proof: (rows) => `(risk file ${rows})`,
  },
  de: {
    show: 'Patientendaten',
    hide: 'Schließen',
    title: 'Patientendaten: was das Servicezentrum zusagt und was dieses Gerät tut',
    inFull: 'Die ganze Richtlinie:',
    onlyAddress: 'Das tut das Gerät:',
    does: 'Was das Gerät tut',
    proof: (rows) => `(Risikoakte ${rows})`,
  },
  es: {
    show: 'Datos de pacientes',
    hide: 'Cerrar',
    title: 'Datos de pacientes: lo que promete el centro de servicio y lo que hace este equipo',
    inFull: 'La política completa:',
    onlyAddress: 'Esto es lo que hace el equipo:',
    does: 'Lo que hace el equipo',
    proof: (rows) => `(expediente de riesgos ${rows})`,
  },
};

export function phiWords(language: Language): PHIWords {
  return WORDS[language];
}
