/**
 * The notice: the warning that the operator must accept before anything is dialled.
 *
 * A version names one wording in all its languages; the journal records which one was accepted. A change
 * of a single word is a new version, and old versions stay readable here.
 */
export const LANGUAGES = ['en', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface ServiceCentre {
  readonly name: string;
  readonly phone: string;
  readonly phiPolicyUrl: string;
}

export const NOTICE_VERSION = '2026-1';

export interface NoticeText {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** The wording of version 2026-1. */
export function noticeText(language: Language, centre: ServiceCentre): NoticeText {
  switch (language) {
    case 'en':
      return {
        title: 'Let the service centre connect to this system?',
        paragraphs: [
          `This system will connect to ${centre.name}. Nobody can see it until you choose a technician.`,
          'The technician you choose may see patient data on the screen and may copy files that contain it.',
          'Everything copied is destroyed when the service case is resolved.',
          'You can pause or end the connection at any time.',
        ],
      };
    case 'de':
      return {
        title: 'Darf sich dieses Gerät mit dem Servicezentrum verbinden?',
        paragraphs: [
          `Dieses Gerät verbindet sich mit ${centre.name}. Niemand kann es sehen, bevor Sie eine Technikerin oder einen Techniker auswählen.`,
          'Die ausgewählte Person kann Patientendaten auf dem Bildschirm sehen und Dateien kopieren, die solche enthalten.',
          'Alles Kopierte wird vernichtet, wenn der Servicefall abgeschlossen ist.',
          'Sie können die Verbindung jederzeit anhalten oder beenden.',
        ],
      };
    case 'es':
      return {
        title: '¿Permitir que este equipo se conecte al centro de servicio?',
        paragraphs: [
          `Este equipo se conectará con ${centre.name}. Nadie podrá verlo hasta que usted elija a un técnico.`,
          'El técnico que elija podrá ver datos de pacientes en la pantalla y copiar archivos que los contengan.',
          'Todo lo copiado se destruye cuando se resuelve el caso de servicio.',
          'Puede pausar o terminar la conexión en cualquier momento.',
        ],
      };
  }
}
