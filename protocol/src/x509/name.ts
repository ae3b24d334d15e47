/**
 * Who a certificate speaks of, as X.501 names and as URNs.
 *
 * | subject | RDNs in order | subjectAltName |
 * |---|---|---|
 * | cart | serialNumber (2.5.4.5) = plate, CN = `Chaperone cart <plate>` | `urn:chaperone:cart:<plate>` |
 * | workstation | serialNumber = `wrks-…`, CN = label | `urn:chaperone:workstation:<id>` |
 * | officer | O = facility, serialNumber = `offc-…`, CN = name | `urn:chaperone:officer:<id>` |
 * | server, authority | CN | its DNS names and addresses; none |
 */
import {
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
} from '@peculiar/asn1-x509';
import { isId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial, OfficerId, WorkstationId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The member of a chain that a certificate names. `other` is an authority or a server. */
export type CertificateSubject =
  | { readonly kind: 'cart'; readonly serial: CartSerial }
  | { readonly kind: 'workstation'; readonly id: WorkstationId; readonly label: string }
  | {
      readonly kind: 'officer';
      readonly id: OfficerId;
      readonly name: string;
      /** The one facility whose officer it is, at most `ORGANIZATION_CHARACTERS_MAX`. */
      readonly facility: string;
    }
  | { readonly kind: 'other'; readonly commonName: string };

export class MalformedSubject extends DomainError {
  readonly code = 'MALFORMED_SUBJECT';
}

const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
const ORGANIZATION = '2.5.4.10';
/** @see RFC 5280 appendix A.1, ub-common-name */
export const COMMON_NAME_CHARACTERS_MAX = 64;
/** @see RFC 5280 appendix A.1, ub-organization-name */
export const ORGANIZATION_CHARACTERS_MAX = 64;
const CART_URN = 'urn:chaperone:cart:';
const WORKSTATION_URN = 'urn:chaperone:workstation:';
const OFFICER_URN = 'urn:chaperone:officer:';
/** A plate's `_` is not in PrintableString's alphabet; such a serial is written as UTF8String. */
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]+$/;

/** Writes a subject as a distinguished name. */
export function distinguishedName(subject: CertificateSubject): Name {
  if (subject.kind === 'other') return new Name([rdn(COMMON_NAME, subject.commonName, 'utf8')]);
  if (subject.kind === 'officer') {
    return new Name([
      rdn(ORGANIZATION, subject.facility, 'utf8'),
      rdn(SERIAL_NUMBER, subject.id),
      rdn(COMMON_NAME, subject.name, 'utf8'),
    ]);
  }
  if (subject.kind === 'workstation') {
    return new Name([rdn(SERIAL_NUMBER, subject.id), rdn(COMMON_NAME, subject.label, 'utf8')]);
  }
  return new Name([
    rdn(SERIAL_NUMBER, subject.serial),
    rdn(COMMON_NAME, cartCommonName(subject.serial), 'utf8'),
  ]);
}

/** Gives the URN that a subject is named by in subjectAltName, if it has one. */
export function subjectURN(subject: CertificateSubject): string | undefined {
  if (subject.kind === 'cart') return `${CART_URN}${subject.serial}`;
  if (subject.kind === 'officer') return `${OFFICER_URN}${subject.id}`;
  return subject.kind === 'workstation' ? `${WORKSTATION_URN}${subject.id}` : undefined;
}

/**
 * Reads whom a name and its URNs speak of; both must say the same.
 * @throws MalformedSubject when they disagree, or the name has no single common name
 */
export function readSubject(name: Name, urns: readonly string[]): CertificateSubject {
  const commonName = single(name, COMMON_NAME);
  if (commonName === undefined)
    throw new MalformedSubject('The certificate has no single common name.');
  const subject = subjectOfURNs(urns, commonName, single(name, ORGANIZATION));
  if (subject.kind === 'other') return subject;
  const named = subject.kind === 'cart' ? subject.serial : subject.id;
  if (single(name, SERIAL_NUMBER) !== named)
    throw new MalformedSubject("The certificate's two names disagree.");
  return subject;
}

/** Reads the plate's serial number out of a name that carries one, without any promise about the rest of it. */
export function plateSerialOf(name: Name): CartSerial | undefined {
  const serial = single(name, SERIAL_NUMBER);
  if (serial === undefined) return undefined;
  try {
    return parseCartSerial(serial);
  } catch {
    return undefined;
  }
}

function subjectOfURNs(
  urns: readonly string[],
  commonName: string,
  organization: string | undefined,
): CertificateSubject {
  const [urn, second] = urns;
  if (urn === undefined) return { kind: 'other', commonName };
  if (second !== undefined) throw new MalformedSubject('The certificate has several URNs.');
  if (urn.startsWith(CART_URN)) {
    try {
      return { kind: 'cart', serial: parseCartSerial(urn.slice(CART_URN.length)) };
    } catch (cause) {
      throw new MalformedSubject("The certificate's serial number is not a plate's.", { cause });
    }
  }
  if (urn.startsWith(OFFICER_URN)) return officerOf(urn, commonName, organization);
  const id = urn.slice(WORKSTATION_URN.length);
  if (!urn.startsWith(WORKSTATION_URN) || !isId('workstation', id)) {
    throw new MalformedSubject('The certificate has a URN that is not ours.');
  }
  return { kind: 'workstation', id: id as unknown as WorkstationId, label: commonName };
}

function officerOf(
  urn: string,
  name: string,
  facility: string | undefined,
): Extract<CertificateSubject, { kind: 'officer' }> {
  const id = urn.slice(OFFICER_URN.length);
  if (!isId('officer', id) || facility === undefined)
    throw new MalformedSubject('The certificate names no officer of one facility.');
  return { kind: 'officer', id: id as unknown as OfficerId, name, facility };
}

function single(name: Name, type: string): string | undefined {
  const found: string[] = [];
  for (const set of name) {
    for (const attribute of set)
      if (attribute.type === type) found.push(attribute.value.toString());
  }
  return found.length === 1 ? found[0] : undefined;
}

function rdn(type: string, text: string, form?: 'utf8'): RelativeDistinguishedName {
  const value =
    form === undefined && PRINTABLE.test(text)
      ? new AttributeValue({ printableString: text })
      : new AttributeValue({ utf8String: text });
  return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
}

function cartCommonName(serial: CartSerial): string {
  const full = `Chaperone cart ${serial}`;
  return full.length > COMMON_NAME_CHARACTERS_MAX ? serial : full;
}
