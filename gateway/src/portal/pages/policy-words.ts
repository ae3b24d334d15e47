/** Words about bringing a policy: the form, whose key signed it, and why one is not taken. */
import type { PolicyRefusal } from '../contract.ts';
import type { Language } from './language.ts';

type OtherKey = Extract<PolicyRefusal, { readonly why: 'other-key' }>;

export interface PolicyWords {
  readonly lead: string;
  readonly file: string;
  readonly paste: string;
  readonly submit: string;
  readonly signedBy: string;
  /** It was brought before policies had to say which key signed them. */
  readonly keyNotTold: string;
  readonly wasBrought: (version: number) => string;
  /** Said with the fingerprint of a key that nothing here could be compared with. */
  readonly firstKey: string;
  readonly sameKey: string;
  readonly unusable: string;
  readonly ofOthers: string;
  readonly keyless: string;
  readonly untrusted: string;
  readonly notLater: (version: number) => string;
  readonly otherKey: (
    key: string,
    known: readonly string[],
    by: Pick<OtherKey, 'isPinned'>,
  ) => string;
  readonly mistaken: string;
  readonly whenNew: string;
  readonly fingerprint: string;
  readonly fingerprintHint: string;
}

const ENGLISH: PolicyWords = {
  lead: 'Make it with “chaperone facility policy sign” on a computer of yours, and choose the file here. Its signature is checked. That you brought it is written into the ledger; the carts fetch it when they next connect.',
  file: 'The file that was written (.jws)',
  paste: 'Or, instead of the file, its one line: the signed policy',
  submit: 'Bring it',
  signedBy: 'Signed by key',
  keyNotTold: 'not told',
  wasBrought: (version) => `Version ${version} was brought.`,
  firstKey:
    'Nothing is known here yet of your facility’s key: no cart has said which one it has. Compare this fingerprint, digit by digit, with the one on your paper. If it is another, somebody else has signed: tell the service centre, and have no cart take this policy.',
  sameKey: 'It is signed by the key that was known.',
  unusable: 'This cannot be used as a policy.',
  ofOthers: 'The policy names another facility than your certificate. Nothing was brought.',
  keyless:
    'The policy does not bring the key that signed it, so its signature cannot be checked here. Sign it again with the current “chaperone facility”. Nothing was brought.',
  untrusted:
    'The signature does not hold: the policy was changed after it was signed, or only a part of it was chosen. Nothing was brought.',
  notLater: (version) =>
    `A policy of version ${version} or later was brought already. Give this one a higher version.`,
  otherKey: (key, known, { isPinned }) =>
    isPinned
      ? `This policy is signed by the key that begins with ${key}. Your carts have said that they hold to the one that begins with ${known.join(', ')}. They will not take it. Nothing was brought.`
      : `This policy is signed by the key that begins with ${key}. The last one was signed by the key that begins with ${known.join(', ')}. Nothing was brought.`,
  mistaken: 'The fingerprint that you gave is not that of the key that signed this policy.',
  whenNew:
    'If your facility has made a new key: type its whole fingerprint below, from your paper, and bring the policy once more. If it has not, somebody else has signed this.',
  fingerprint: 'Fingerprint of your new key, from your paper',
  fingerprintHint: '64 digits 0–9 and a–f; spaces do not matter.',
};

const GERMAN: PolicyWords = {
  lead: 'Machen Sie sie mit „chaperone facility policy sign“ auf einem eigenen Rechner und wählen Sie hier die Datei. Ihre Unterschrift wird geprüft. Dass Sie sie brachten, steht im Protokoll; die Geräte holen sie bei der nächsten Verbindung.',
  file: 'Die geschriebene Datei (.jws)',
  paste: 'Oder statt der Datei ihre eine Zeile: die unterschriebenen Regeln',
  submit: 'Bringen',
  signedBy: 'Unterschrieben mit Schlüssel',
  keyNotTold: 'nicht genannt',
  wasBrought: (version) => `Version ${version} wurde gebracht.`,
  firstKey:
    'Vom Schlüssel Ihrer Einrichtung ist hier noch nichts bekannt: Kein Gerät hat gesagt, welchen es hat. Vergleichen Sie diesen Fingerabdruck Zeichen für Zeichen mit dem auf Ihrem Papier. Ist es ein anderer, hat jemand anderes unterschrieben: Sagen Sie es dem Servicezentrum, und lassen Sie kein Gerät diese Regeln nehmen.',
  sameKey: 'Sie sind mit dem bekannten Schlüssel unterschrieben.',
  unusable: 'Als Regeln lässt sich das nicht verwenden.',
  ofOthers: 'Die Regeln nennen eine andere Einrichtung als Ihr Zertifikat. Nichts wurde gebracht.',
  keyless:
    'Die Regeln bringen den Schlüssel nicht mit, der sie unterschrieben hat; so lässt sich die Unterschrift hier nicht prüfen. Unterschreiben Sie sie neu mit dem aktuellen „chaperone facility“. Nichts wurde gebracht.',
  untrusted:
    'Die Unterschrift stimmt nicht: Die Regeln wurden danach verändert, oder nur ein Teil davon wurde gewählt. Nichts wurde gebracht.',
  notLater: (version) =>
    `Regeln der Version ${version} oder einer späteren wurden schon gebracht. Geben Sie diesen eine höhere Version.`,
  otherKey: (key, known, { isPinned }) =>
    isPinned
      ? `Diese Regeln sind mit dem Schlüssel unterschrieben, der mit ${key} beginnt. Ihre Geräte haben gesagt, dass sie sich an den halten, der mit ${known.join(', ')} beginnt. Sie werden sie nicht nehmen. Nichts wurde gebracht.`
      : `Diese Regeln sind mit dem Schlüssel unterschrieben, der mit ${key} beginnt. Die letzten waren es mit dem, der mit ${known.join(', ')} beginnt. Nichts wurde gebracht.`,
  mistaken:
    'Der angegebene Fingerabdruck ist nicht der des Schlüssels, der diese Regeln unterschrieben hat.',
  whenNew:
    'Hat Ihre Einrichtung einen neuen Schlüssel gemacht: Geben Sie unten seinen ganzen Fingerabdruck von Ihrem Papier ein und bringen Sie die Regeln noch einmal. Hat sie das nicht, hat jemand anderes unterschrieben.',
  fingerprint: 'Fingerabdruck Ihres neuen Schlüssels, von Ihrem Papier',
  fingerprintHint: '64 Zeichen 0–9 und a–f; Leerzeichen sind gleichgültig.',
};

const SPANISH: PolicyWords = {
  lead: 'Hágalas con «chaperone facility policy sign» en un ordenador suyo y elija aquí el archivo. Se comprueba su firma. Que usted las trajo queda en el registro; los equipos las recogen en su próxima conexión.',
  file: 'El archivo que se escribió (.jws)',
  paste: 'O, en lugar del archivo, su única línea: las reglas firmadas',
  submit: 'Traer',
  signedBy: 'Firmadas con la clave',
  keyNotTold: 'no se dijo',
  wasBrought: (version) => `Se trajo la versión ${version}.`,
  firstKey:
    'Aquí aún no se sabe nada de la clave de su centro: ningún equipo ha dicho cuál tiene. Compare esta huella, dígito a dígito, con la de su papel. Si es otra, las firmó otra persona: dígaselo al centro de servicio y no deje que ningún equipo tome estas reglas.',
  sameKey: 'Están firmadas con la clave conocida.',
  unusable: 'Esto no se puede usar como reglas.',
  ofOthers: 'Las reglas nombran otro centro que su certificado. No se trajo nada.',
  keyless:
    'Las reglas no traen la clave que las firmó, así que aquí no se puede comprobar la firma. Fírmelas de nuevo con el «chaperone facility» actual. No se trajo nada.',
  untrusted:
    'La firma no es válida: las reglas se cambiaron después de firmarlas, o solo se eligió una parte. No se trajo nada.',
  notLater: (version) =>
    `Ya se trajeron reglas de la versión ${version} o posterior. Dé a estas una versión más alta.`,
  otherKey: (key, known, { isPinned }) =>
    isPinned
      ? `Estas reglas están firmadas con la clave que empieza por ${key}. Sus equipos han dicho que se atienen a la que empieza por ${known.join(', ')}. No las tomarán. No se trajo nada.`
      : `Estas reglas están firmadas con la clave que empieza por ${key}. Las últimas lo estaban con la que empieza por ${known.join(', ')}. No se trajo nada.`,
  mistaken: 'La huella que indicó no es la de la clave que firmó estas reglas.',
  whenNew:
    'Si su centro ha hecho una clave nueva: escriba abajo su huella completa, de su papel, y traiga las reglas otra vez. Si no la ha hecho, las firmó otra persona.',
  fingerprint: 'Huella de su clave nueva, de su papel',
  fingerprintHint: '64 dígitos 0–9 y a–f; los espacios no importan.',
};

const WORDS: Readonly<Record<Language, PolicyWords>> = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
};

export function policyWordsOf(language: Language): PolicyWords {
  return WORDS[language];
}
