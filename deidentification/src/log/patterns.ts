/**
 * What in a line of a log may tell of a person although nobody named it: numbers of patients, names after a label, dates, phone
 * numbers, addresses. Too much is taken out rather than too little; what a line begins with, its own time, stays.
 * Every repetition is bounded: the time for a line grows with its length, whatever it holds.
 */
import type { TokenKind } from './tokens.ts';

export interface Pattern {
  readonly kind: TokenKind;
  /** For the report. */
  readonly name: string;
  readonly expression: RegExp;
}

/** The moment a line was written: ISO 8601, syslog, or a date and time as people write them; brackets around it. */
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AP]M)?(?:Z|\s?[+-]\d{2}:?\d{2})?`;
const DATE = String.raw`(?:20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|20\d{6}|[A-Z][a-z]{2}\s+\d{1,2}(?:\s\d{4})?)`;
/** Seconds since 1970, from 2017 to 2033; other numbers of ten digits are of people. */
const EPOCH = String.raw`1[5-9]\d{8}(?:\.\d{1,9})?(?![\d])`;
export const LINE_TIME = new RegExp(
  String.raw`^\s*[[(<]?(?:${DATE}[T _-]?\s?${TIME}|${TIME}|${EPOCH})[\])>]?`,
);

const LABEL_ID = String.raw`(?:mrn|patient[ _]?(?:id|no|nr|number)|pat(?:ient)?id|pid|patient|case[ _]?(?:id|no)|accession(?:[ _]?(?:no|number))?|acc|visit|study[ _]?id|ssn|insurance)`;
const LABEL_NAME = String.raw`(?:patient(?:[ _]?name)?|patname|(?:first|last|sur|birth)?[ _]?name|operator|physician|doctor|nurse|sonographer|referring|performed by|signed by|login|account|user(?:[ _]?(?:name|id))?)`;
const LABEL_DATE = String.raw`(?:(?:patient)?birth[ _]?(?:date|day)?|dob|born|geb(?:oren|urtsdatum)?\.?|nacid[oa]|fecha[ _]?nac\w{0,8})`;
/** What stands between a label and its value: a sign, a bracket, or a word. */
const IS = String.raw`["'\\]{0,2}\s{0,4}(?:[:=#>[(]{1,3}|->|\bis\b)\s{0,4}["'\\[(]{0,3}`;
/** The same, or a space alone. */
const IS_OR_SPACE = String.raw`(?:${IS}|\s{1,4})`;
/** A value that has a digit in it; a word after "patient" has none. */
const WITH_DIGIT = String.raw`[\p{L}._/-]{0,20}\d[\p{L}\p{N}._/-]{0,63}`;
const MONTH = String.raw`(?:Jan(?:uary|uar)?|Feb(?:ruary|ruar)?|Mar(?:ch)?|M\u00e4r(?:z)?|Apr(?:il)?|May|Mai|June?|Juni|July?|Juli|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)`;

/** In the order in which they are tried: what is more certain first. */
export const PATTERNS: readonly Pattern[] = [
  {
    kind: 'MAIL',
    name: 'mail addresses',
    expression: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,80}\.\p{L}{2,12}/giu,
  },
  { kind: 'UID', name: 'DICOM UIDs', expression: /(?<![\d.])[0-2](?:\.\d{1,40}){5,40}(?![\d.])/g },
  {
    kind: 'NAME',
    name: 'names in the form of DICOM',
    expression: /[\p{L}'-]{1,64}(?:\^[\p{L}'. -]{0,64}){1,5}/gu,
  },
  {
    kind: 'ID',
    name: 'numbers after a label',
    expression: new RegExp(
      String.raw`(?<=\b${LABEL_ID}${IS})[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}|(?<=\b${LABEL_ID}${IS_OR_SPACE})${WITH_DIGIT}`,
      'giu',
    ),
  },
  {
    kind: 'NAME',
    name: 'values of a DICOM dump',
    expression:
      /(?<=\((?:0008|0010|0032|0038|0040),[0-9a-f]{4}\)\s{1,4}[A-Z]{2}\s{1,4}\[)[^\]]{1,200}(?=\])/giu,
  },
  {
    kind: 'DATE',
    name: 'dates of birth',
    expression: new RegExp(String.raw`(?<=\b${LABEL_DATE}${IS_OR_SPACE})\d{6,8}(?!\d)`, 'giu'),
  },
  {
    kind: 'NAME',
    name: 'names of image files',
    expression: /[\p{L}\p{N}_.^-]{1,128}\.(?:dcm|dicom|ima)\b/giu,
  },
  {
    kind: 'NAME',
    name: 'names after a label',
    expression: new RegExp(
      String.raw`(?<=\b${LABEL_NAME}${IS})\p{L}[\p{L}\p{M}'._-]{0,63}(?:,? [\p{L}\p{M}'.-]{1,64}){0,3}`,
      'giu',
    ),
  },
  {
    kind: 'NAME',
    name: 'names in capitals after a label',
    expression:
      /(?<=\b(?:[Pp]atient(?: [Nn]ame)?|[Nn]ame|[Oo]perator|[Pp]hysician|[Dd]octor|[Ss]onographer)\s)\p{Lu}[\p{L}\p{M}'-]{1,64}(?:,? \p{Lu}[\p{L}\p{M}'-]{1,64}){0,2}/gu,
  },
  {
    kind: 'NAME',
    name: 'names after a title',
    expression:
      /(?<=\b(?:Mrs?|Ms|Dr|Prof|Herr|Frau|Sra?)\.?\s)\p{Lu}[\p{L}'-]{1,64}(?:\s\p{Lu}[\p{L}'-]{1,64}){0,3}/gu,
  },
  {
    kind: 'DATE',
    name: 'dates',
    expression: new RegExp(
      String.raw`(?<![\d.])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d{6}|\d{1,2}\.?\s?(?:de\s)?${MONTH}\.?\s(?:de\s)?\d{4}|\b${MONTH}\.?\s{1,2}\d{1,2}(?:st|nd|rd|th)?,?\s{1,2}(?:19|20)\d{2})(?!\.?\d)`,
      'giu',
    ),
  },
  {
    kind: 'NUMBER',
    name: 'social security numbers',
    expression: /(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)/g,
  },
  {
    kind: 'PHONE',
    name: 'phone numbers',
    expression:
      /(?<![\d.\p{L}])(?:\+\d{1,3}[ ./-]?)?(?:\(\d{1,5}\)[ ./-]?)?\d{3,5}(?:[ /-]\d{3,5}){1,3}(?![\d.]|\p{L})/gu,
  },
  { kind: 'NUMBER', name: 'long numbers', expression: /(?<![\d.\p{L}])\d{7,64}(?![\d\p{L}])/gu },
];

/** Only where the case asks for it: addresses of machines are often what a log is read for. */
export const ADDRESS_PATTERN: Pattern = {
  kind: 'ADDRESS',
  name: 'network addresses',
  expression:
    /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<![\p{L}\d:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\p{L}\d:])/giu,
};
