/** What a step says in a way of its own, without a finding: by the agent's English sentence, with its facts between. */
import type { Language } from '@chaperone/domain/notice/notice.ts';

interface Sentence {
  /** The agent's; what it names is a place of the translations. */
  readonly english: RegExp;
  readonly de: string;
  readonly es: string;
}

const SENTENCES: readonly Sentence[] = [
  {
    english: /^Not looked at: the step “(?<step>.+)” comes first\.$/,
    de: 'Nicht angesehen: Zuerst kommt „{step}“.',
    es: 'No se miró: antes va «{step}».',
  },
  {
    english: /^The gateway is on this machine: no network is between\.$/,
    de: 'Das Gateway ist auf diesem Rechner: Dazwischen ist kein Netz.',
    es: 'La pasarela está en este equipo: no hay red de por medio.',
  },
  {
    english: /^It was stopped before this\.$/,
    de: 'Vorher wurde abgebrochen.',
    es: 'Se detuvo antes.',
  },
  {
    english: /^No name has to be found: (?<name>.+) is an address\.$/,
    de: 'Es muss kein Name gefunden werden: {name} ist eine Adresse.',
    es: 'No hay que buscar ningún nombre: {name} es una dirección.',
  },
  {
    english:
      /^The (?<kind>\S+) interface (?<interface>\S+) has a link; its driver tells no speed\.$/,
    de: 'Die Schnittstelle {interface} hat Verbindung; ihr Treiber nennt keine Geschwindigkeit.',
    es: 'La interfaz {interface} tiene enlace; su controlador no dice la velocidad.',
  },
  {
    english: /^What is needed is on the link of (?<interface>.+): no router is on the way\.$/,
    de: 'Was gebraucht wird, ist im Netz von {interface}: Kein Router liegt dazwischen.',
    es: 'Lo necesario está en el enlace de {interface}: no hay encaminador de por medio.',
  },
  {
    english: /^The gateway tells its time to enrolled carts only\.$/,
    de: 'Das Gateway sagt seine Zeit nur angemeldeten Geräten.',
    es: 'La pasarela dice su hora solo a equipos inscritos.',
  },
  {
    english: /^The gateway does not tell its time\.$/,
    de: 'Das Gateway sagt seine Zeit nicht.',
    es: 'La pasarela no dice su hora.',
  },
  {
    english: /^No proxy is set\.$/,
    de: 'Kein Proxy ist eingestellt.',
    es: 'No hay proxy configurado.',
  },
  {
    english: /^The PAC file (?<pacUrl>.+) lets the cart go to (?<gateway>.+) directly\.$/,
    de: 'Die PAC-Datei {pacUrl} lässt das Gerät direkt zu {gateway}.',
    es: 'El archivo PAC {pacUrl} deja ir al equipo directamente a {gateway}.',
  },
  {
    english: /^A proxy is set: the cart does not go to the gateway itself\.$/,
    de: 'Ein Proxy ist eingestellt: Das Gerät geht nicht selbst zum Gateway.',
    es: 'Hay un proxy configurado: el equipo no va por sí mismo a la pasarela.',
  },
  {
    english:
      /^TCP port (?<port>\d+) is not open; a login page of the network answers on port 80\.$/,
    de: 'TCP-Port {port} ist nicht offen; auf Port 80 antwortet eine Anmeldeseite des Netzes.',
    es: 'El puerto TCP {port} no está abierto; en el puerto 80 responde una página de acceso de la red.',
  },
  {
    english: /^The name servers answer, and do not know the name of the proxy, (?<name>.+)\.$/,
    de: 'Die DNS-Server antworten und kennen den Namen des Proxys, {name}, nicht.',
    es: 'Los servidores DNS responden y no conocen el nombre del proxy, {name}.',
  },
  {
    english: /^TLS cannot be looked at: its long packets vanish on the way\.$/,
    de: 'TLS lässt sich nicht ansehen: Seine langen Pakete gehen unterwegs verloren.',
    es: 'No se puede mirar TLS: sus paquetes largos se pierden por el camino.',
  },
  {
    english:
      /^Who answers cannot be judged: this cart knows no fingerprint of its root yet\. The certificate comes from (?<issuer>.+)\.$/,
    de: 'Wer antwortet, lässt sich nicht beurteilen: Dieses Gerät kennt noch keinen Fingerabdruck seiner Wurzel. Das Zertifikat kommt von {issuer}.',
    es: 'No se puede juzgar quién responde: este equipo no conoce todavía la huella de su raíz. El certificado es de {issuer}.',
  },
  {
    english: /^Nobody asked for the test of idle connections\.$/,
    de: 'Es wurde nicht verlangt.',
    es: 'Nadie lo pidió.',
  },
  {
    english: /^The gateway keeps connections of enrolled carts only\.$/,
    de: 'Das Gateway hält nur Verbindungen angemeldeter Geräte.',
    es: 'La pasarela solo mantiene conexiones de equipos inscritos.',
  },
  {
    english: /^The gateway keeps no more idle connections now\.$/,
    de: 'Das Gateway hält jetzt keine weiteren ungenutzten Verbindungen.',
    es: 'La pasarela no mantiene ahora más conexiones sin uso.',
  },
  {
    english: /^(?<seconds>\d+) s are too short to tell: watch for at least (?<least>\d+) s\.$/,
    de: '{seconds} s sind zu kurz, um es zu sagen: mindestens {least} s beobachten.',
    es: '{seconds} s son pocos para saberlo: observe al menos {least} s.',
  },
  {
    english:
      /^Only the long packets of TLS were seen to pass; the gateway measures for enrolled carts only\.$/,
    de: 'Nur die langen Pakete von TLS kamen durch; das Gateway misst nur für angemeldete Geräte.',
    es: 'Solo se vio pasar los paquetes largos de TLS; la pasarela mide solo para equipos inscritos.',
  },
  {
    english: /^The tunnel is for enrolled carts only\.$/,
    de: 'Der Tunnel ist nur für angemeldete Geräte.',
    es: 'El túnel es solo para equipos inscritos.',
  },
  {
    english: /^The gateway does not tell of the licence\.$/,
    de: 'Das Gateway sagt nichts über die Lizenz.',
    es: 'La pasarela no informa de la licencia.',
  },
];

/** Says it in the language in use; null: it is no sentence of these. */
export function ownSentence(
  language: Exclude<Language, 'en'>,
  said: string,
  stepName: (step: string) => string,
): string | null {
  for (const sentence of SENTENCES) {
    const groups = sentence.english.exec(said);
    if (groups === null) continue;
    return sentence[language].replaceAll(/\{(\w+)\}/g, (place, name: string) => {
      const fact = groups.groups?.[name] ?? place;
      return name === 'step' ? stepName(fact) : fact;
    });
  }
  return null;
}
