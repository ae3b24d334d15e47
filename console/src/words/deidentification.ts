/** Words of de-identification. */
import type {
  DeidentificationRefusal,
  DeidentificationRule,
} from '@chaperone/domain/deidentification/deidentification.ts';

const RULES: Readonly<Record<DeidentificationRule, string>> = {
  'not-required': 'Not required: files are fetched as they are',
  'in-the-vault': 'In the vault: each file when it has arrived; only results leave the vault',
  'on-the-cart': 'On the cart: only de-identified files leave it',
};

const REFUSALS: Readonly<Record<DeidentificationRefusal, string>> = {
  DEIDENTIFICATION_KIND_UNKNOWN:
    'It is neither a DICOM ultrasound image nor a log in text. Nothing else is de-identified.',
  DEIDENTIFICATION_UNREADABLE: 'It is damaged, or not whole by the DICOM standard.',
  DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE:
    'It is a DICOM file of a kind without a rule, such as a report, a document or a screen copy.',
  DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE:
    'Its pixels are compressed in a way that is not taken apart here.',
  DEIDENTIFICATION_PIXELS_WITHOUT_RULE:
    'It is not known where text is burned into its image: no template that vouches for images of this model, software and size is installed, or the image does not fit it.',
  DEIDENTIFICATION_LIMIT_REACHED: 'It takes more memory or time than a file may.',
  DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY:
    'Nobody is known whose name may stand in this log. Fetch an image of the case first, or have the facility give the cart a list of its patients.',
  DEIDENTIFICATION_RESIDUE_FOUND:
    'Something of the original was still in the result, which was thrown away.',
};

export const DEIDENTIFICATION_WORDS = {
  rule: 'De-identification',
  ruleHint: 'Holds for the whole case. It is shown to the operator.',
  rules: RULES,
  refusals: REFUSALS,
  act: 'De-identify',
  actNamed: (name: string): string => `De-identify ${name}`,
  report: 'Report',
  reportNamed: (name: string): string => `De-identification report of ${name}`,
  reportTitle: 'What was changed',
  reportLead: 'The report names tags and counts. It holds nothing of what was taken out.',
  refusedTitle: 'Not de-identified',
  refusedLead: 'The file stays sealed in the case as it is.',
  noReport: 'There is no report of this file.',
  close: 'Close',
} as const;
