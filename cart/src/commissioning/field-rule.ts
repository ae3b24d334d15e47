/** What may be typed into the forms that have no rule elsewhere: licence and acceptance. Every field is judged at once. */
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MistypedLicenceCode, parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  isSameFingerprint,
  MalformedLicenceFile,
  parseFingerprint,
} from '@chaperone/protocol/est/licence-file.ts';
import { FieldsRefused } from './commissioning-refused.ts';
import type { RefusedField } from './commissioning-refused.ts';

const CONTROLS = /[\u0000-\u001f\u007f]/;

/** @throws FieldsRefused naming each wrong field */
export function admitFields(found: readonly (RefusedField | null)[]): void {
  const [first, ...others] = found.filter((each) => each !== null);
  if (first !== undefined) throw new FieldsRefused([first, ...others]);
}

/** Judges a licence as typed, before the network is asked. */
export function refusedLicence(
  code: string,
  rootFingerprint: string | null,
  configured: string | null,
): readonly (RefusedField | null)[] {
  return [
    refusalOf('code', MistypedLicenceCode, () => parseLicenceCode(code)),
    rootFingerprint === null
      ? field(
          'rootFingerprint',
          'FINGERPRINT_MISSING',
          'Type the fingerprint of the licence: at least its first 20 characters.',
        )
      : (refusalOf(
          'rootFingerprint',
          MalformedLicenceFile,
          () => parseFingerprint(rootFingerprint),
          'FINGERPRINT_MALFORMED',
        ) ?? refusedByConfiguration(rootFingerprint, configured)),
  ];
}

/** Whoever stands at the cart types a fingerprint; whose cart it is wrote the configuration. */
function refusedByConfiguration(typed: string, configured: string | null): RefusedField | null {
  if (configured === null || isSameFingerprint(typed, configured)) return null;
  return field(
    'rootFingerprint',
    'FINGERPRINT_NOT_CONFIGURED',
    "This cart's configuration names another root, and only who may change that file may choose one. Compare the licence with the service centre.",
  );
}

export function refusedAcceptance(
  facility: string,
  acceptedBy: string,
): readonly (RefusedField | null)[] {
  return [
    isText(facility, 200)
      ? null
      : field(
          'facility',
          'FACILITY_MISSING',
          'Type the name of the hospital, at most 200 characters.',
        ),
    isText(acceptedBy, 100)
      ? null
      : field('acceptedBy', 'ACCEPTED_BY_MISSING', 'Type your name, at most 100 characters.'),
  ];
}

function isText(text: string, charactersMax: number): boolean {
  return text.trim() !== '' && text.length <= charactersMax && !CONTROLS.test(text);
}

function field(name: string, code: string, message: string): RefusedField {
  return { field: name, code, message };
}

function refusalOf(
  name: string,
  kind: new (...args: never[]) => DomainError,
  read: () => unknown,
  code?: string,
): RefusedField | null {
  try {
    read();
    return null;
  } catch (fault) {
    if (!(fault instanceof kind)) throw fault;
    return field(name, code ?? fault.code, fault.message);
  }
}
