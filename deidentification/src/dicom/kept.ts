/**
 * What of an ultrasound image is kept, and in which form: everything else is removed.
 *
 * Table E.1-1 names what identifies; vendors put more into attributes that it does not name. So an attribute stays only
 * when it belongs to the US or US Multi-frame Image IOD and its value has the form written here: one of the standard's own
 * terms, a number, binary numbers, a code of a public scheme. Free text never stays (decision 0033).
 *
 * @see PS3.3 sections A.6, A.7, C.7.6.5, C.7.6.6, C.8.5.5, C.8.5.6
 */

export type KeptForm =
  /** One of the standard's terms in each of its values. */
  | { readonly kind: 'terms'; readonly vr: 'CS'; readonly terms: ReadonlySet<string> }
  /** Decimal numbers. */
  | { readonly kind: 'number'; readonly vr: 'DS' | 'IS' }
  /** So many bytes of binary numbers, no more: a table of any length would be a place to hide text. */
  | { readonly kind: 'binary'; readonly vr: string; readonly bytes: number }
  /** The colours of a palette image; its length is checked with its descriptor. */
  | { readonly kind: 'palette'; readonly vr: 'US' | 'OW' }
  /** Stays only when an installed template names exactly this value. */
  | { readonly kind: 'equipment'; readonly vr: 'LO' }
  /** A code value of a public scheme. */
  | { readonly kind: 'code'; readonly vr: 'SH' }
  | { readonly kind: 'scheme'; readonly vr: 'SH' }
  /** Free text by its nature: the code value is written in its place. */
  | { readonly kind: 'code-meaning'; readonly vr: 'LO' }
  | { readonly kind: 'sequence'; readonly vr: 'SQ' };

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').filter(Boolean));
const lines = (text: string): ReadonlySet<string> =>
  new Set(text.split(',').map((each) => each.trim()));
const terms = (text: string): KeptForm => ({ kind: 'terms', vr: 'CS', terms: words(text) });
const IS: KeptForm = { kind: 'number', vr: 'IS' };
const DS: KeptForm = { kind: 'number', vr: 'DS' };
const SQ: KeptForm = { kind: 'sequence', vr: 'SQ' };
const binary = (vr: string, bytes: number): KeptForm => ({ kind: 'binary', vr, bytes });
const US = binary('US', 2);
const UL = binary('UL', 4);
const SL = binary('SL', 4);
const FD = binary('FD', 8);
const AT = binary('AT', 4);
const EQUIPMENT: KeptForm = { kind: 'equipment', vr: 'LO' };

const TRANSDUCER_TYPES = lines(
  'SECTOR_PHASED,SECTOR_MECH,SECTOR_ANNULAR,LINEAR,CURVED LINEAR,SINGLE CRYSTAL,SPLIT XTAL CWD,IV_PHASED,' +
    'IV_ROT XTAL,IV_ROT MIRROR,ENDOCAV_PA,ENDOCAV_MECH,ENDOCAV_CLA,ENDOCAV_AA,ENDOCAV_LINEAR,VECTOR_PHASED',
);
const IMAGE_TYPES = lines(
  'ORIGINAL,DERIVED,PRIMARY,SECONDARY,ABDOMINAL,BREAST,CHEST,ENDOCAVITARY,ENDORECTAL,ENDOVAGINAL,EPICARDIAL,' +
    'FETAL HEART,GYNECOLOGY,INTRACARDIAC,INTRAOPERATIVE,INTRAVASCULAR,MUSCULOSKELETAL,NEONATAL HEAD,OBSTETRICAL,' +
    'OPHTHALMIC,PEDIATRIC,PELVIC,RETROPERITONEAL,SCROTAL,SMALL PARTS,STRESS ECHO,TCD,THYROID,TRANSCRANIAL,' +
    'TRANSESOPHAGEAL,TRANSTHORACIC,VASCULAR,0001,0002,0004,0005,0008,0010,0011,0012,0015,0018,0019,0020,0100',
);

/** At any level of the data set. Tags as PS3.6 writes them. */
const KEPT: ReadonlyMap<number, KeptForm> = new Map<number, KeptForm>([
  [0x0008_0008, { kind: 'terms', vr: 'CS', terms: IMAGE_TYPES }],
  [0x0008_0060, terms('US IVUS')],
  [0x0008_0070, EQUIPMENT],
  [0x0008_0100, { kind: 'code', vr: 'SH' }],
  [0x0008_0102, { kind: 'scheme', vr: 'SH' }],
  [0x0008_0104, { kind: 'code-meaning', vr: 'LO' }],
  [0x0008_1090, EQUIPMENT],
  [0x0008_2122, IS],
  [0x0008_2124, IS],
  [0x0008_2128, IS],
  [0x0008_2129, IS],
  [0x0008_212a, IS],
  [0x0008_2130, DS],
  [0x0008_2142, IS],
  [0x0008_2143, IS],
  [0x0008_2144, IS],
  [0x0008_2218, SQ],
  [0x0008_2220, SQ],
  [0x0008_2228, SQ],
  [0x0008_2230, SQ],
  [
    0x0018_0015,
    terms(
      'ABDOMEN BREAST CHEST EYE HEAD HEART KIDNEY LIVER NECK PANCREAS PELVIS PROSTATE SPLEEN THYROID UTERUS',
    ),
  ],
  [0x0018_0040, IS],
  [0x0018_0072, DS],
  [0x0018_1020, EQUIPMENT],
  [0x0018_1060, DS],
  [0x0018_1062, IS],
  [0x0018_1063, DS],
  [0x0018_1065, DS],
  [0x0018_1066, DS],
  [0x0018_1067, DS],
  [0x0018_1080, terms('Y N')],
  [0x0018_1081, IS],
  [0x0018_1082, IS],
  [0x0018_1088, IS],
  [0x0018_1242, IS],
  [0x0018_1244, US],
  [0x0018_1800, terms('Y N')],
  [0x0018_5022, DS],
  [0x0018_5024, DS],
  [0x0018_5026, DS],
  [0x0018_5027, DS],
  [0x0018_5028, DS],
  [0x0018_5029, DS],
  [0x0018_5050, IS],
  [0x0018_5210, DS],
  [0x0018_5212, DS],
  [0x0018_6011, SQ],
  ...([0x6012, 0x6014, 0x6024, 0x6026, 0x6044, 0x604c, 0x604e] as const).map(
    (element): [number, KeptForm] => [0x0018_0000 + element, US],
  ),
  ...(
    [
      0x6016, 0x6018, 0x601a, 0x601c, 0x601e, 0x6030, 0x6032, 0x6046, 0x6048, 0x604a, 0x6038,
      0x603a, 0x603c, 0x603e, 0x6040, 0x6042,
    ] as const
  ).map((element): [number, KeptForm] => [0x0018_0000 + element, UL]),
  ...([0x6020, 0x6022, 0x6039, 0x603b, 0x603d, 0x603f, 0x6041, 0x6043] as const).map(
    (element): [number, KeptForm] => [0x0018_0000 + element, SL],
  ),
  ...([0x6028, 0x602a, 0x602c, 0x602e, 0x6034, 0x6036] as const).map(
    (element): [number, KeptForm] => [0x0018_0000 + element, FD],
  ),
  [0x0018_6031, { kind: 'terms', vr: 'CS', terms: TRANSDUCER_TYPES }],
  [0x0020_0011, IS],
  [0x0020_0012, IS],
  [0x0020_0013, IS],
  [0x0020_0020, terms('A P R L H F AR AL PR PL AH AF PH PF RH RF LH LF')],
  [0x0020_0060, terms('R L')],
  [0x0020_1002, IS],
  [0x0028_0009, AT],
  [0x0028_0014, US],
  [0x0028_0034, IS],
  [0x0028_1050, DS],
  [0x0028_1051, DS],
  [0x0028_1052, DS],
  [0x0028_1053, DS],
  [0x0028_1101, { kind: 'palette', vr: 'US' }],
  [0x0028_1102, { kind: 'palette', vr: 'US' }],
  [0x0028_1103, { kind: 'palette', vr: 'US' }],
  [0x0028_1201, { kind: 'palette', vr: 'OW' }],
  [0x0028_1202, { kind: 'palette', vr: 'OW' }],
  [0x0028_1203, { kind: 'palette', vr: 'OW' }],
  [0x0028_2110, terms('00 01')],
  [0x0028_2112, DS],
  [0x0028_2114, terms('ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_13818_2 ISO_14496_10')],
  [0x0028_6010, IS],
  [0x0040_000a, SQ],
  [0x0054_0220, SQ],
  [0x0054_0222, SQ],
  [0x2050_0020, terms('IDENTITY INVERSE')],
]);

/**
 * Schemes whose codes say what a public table says, and how a code of each is written. A code of another scheme, or none, is free
 * text: a clinic puts there what it likes. @see PS3.16 section 8
 */
export const PUBLIC_SCHEMES: ReadonlyMap<string, RegExp> = new Map([
  ['DCM', /^\d{5,6}$/],
  ['SCT', /^\d{6,18}$/],
  ['SRT', /^[A-Z]-[A-Z0-9]{4,6}$/],
  ['SNM3', /^[A-Z]-[A-Z0-9]{4,6}$/],
  [
    'UCUM',
    /^(?:1|%|[mcku]?m[23]?|[mcu]?s|[kM]?Hz|dB|deg|[mc]?m\/s2?|ml(?:\/min)?|mm\[Hg\]|\/min)$/,
  ],
  ['LN', /^\d{1,7}-\d$/],
  ['FMA', /^\d{4,6}$/],
  ['RADLEX', /^RID\d{1,6}$/],
  ['NCIt', /^C\d{3,7}$/],
  ['ACR', /^\d{1,4}(?:\.\d{1,4})?$/],
]);
/**
 * Numbers of at most five digits before the point (PS3.5 table 6.2-1 allows more): six are a date or a time of day, and machines
 * number their series and images by the clock.
 */
export const DECIMAL = /^ *[+-]?(?:\d{1,5}(?:\.\d{0,14})?|\.\d{1,14})(?:[eE][+-]?\d{1,2})? *$/;
export const INTEGER = /^ *[+-]?\d{1,5} *$/;

/** Finds in which form an attribute is kept; undefined where it is not. */
export function keptForm(tag: number): KeptForm | undefined {
  return KEPT.get(tag);
}

/** All tags that can be kept. */
export function keptTags(): readonly number[] {
  return [...KEPT.keys()];
}
