/** Targets of certificates and enrolment: DER, PEM, PKCS#10, PKCS#7, CRLs, EST bodies and what is signed beside them. */
import { createPublicKey } from 'node:crypto';
import {
  MistypedLicenceCode,
  newLicenceCode,
  parseLicenceCode,
} from '@chaperone/domain/licence/licence-code.ts';
import { MalformedId } from '@chaperone/domain/id/id.ts';
import { parseFeatures } from '@chaperone/domain/licence/licence-terms.ts';
import { parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import { MalformedAnchors, makeAnchors, readAnchors } from '@chaperone/protocol/est/anchors.ts';
import {
  MalformedCertificatesOnly,
  makeCertificatesOnly,
  readCertificatesOnly,
} from '@chaperone/protocol/est/certificates-only.ts';
import {
  EST_REQUEST_CHARACTERS_MAX,
  MalformedESTBody,
  decodeESTBody,
  encodeESTBody,
} from '@chaperone/protocol/est/est.ts';
import {
  LICENCE_FILE_TYPE,
  MalformedLicenceFile,
  parseFingerprint,
  readLicenceFile,
  writeLicenceFile,
} from '@chaperone/protocol/est/licence-file.ts';
import type { LicenceFile, LicenceFileSigner } from '@chaperone/protocol/est/licence-file.ts';
import {
  LICENCE_STATEMENT_TYPE,
  MalformedLicenceStatement,
  makeLicenceStatement,
  readLicenceStatement,
} from '@chaperone/protocol/licence/licence-statement.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import { PublicKeyRefused, admitPublicKey, spkiOf } from '@chaperone/protocol/x509/algorithm.ts';
import {
  CERTIFICATE_BYTES_MAX,
  CertificateNotInTime,
  CertificateNotTrusted,
  MalformedCertificate,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import {
  CERTIFICATION_REQUEST_BYTES_MAX,
  MalformedCertificationRequest,
  makeCertificationRequest,
  readCertificationRequest,
} from '@chaperone/protocol/x509/certification-request.ts';
import {
  admitWorkstationCertificate,
  admitWorkstationPeer,
  readPeerCertificate,
} from '@chaperone/protocol/x509/peer-certificate.ts';
import { MalformedPEM, decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import {
  MalformedRevocationList,
  REVOCATION_LIST_BYTES_MAX,
  makeRevocationList,
  readRevocationList,
} from '@chaperone/protocol/x509/revocation-list.ts';
import type { RevocationList } from '@chaperone/protocol/x509/revocation-list.ts';
import {
  NOW_MS,
  SERIAL,
  cartCertificate,
  cartCertificateByRSA,
  cartKey,
  cartRoot,
  cartRootRSA,
  ledgerLine,
  pem,
  serverCertificate,
  workstationCertificate,
  workstationPeerCertificate,
  workstationRoot,
} from '../fixture/authorities.ts';
import { changeRequest, changeSigned } from '../fixture/resign.ts';
import { signChanged } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const root = readCertificate(cartRoot.certificate);
const CERTIFICATES = [
  cartCertificate,
  workstationCertificate,
  serverCertificate,
  cartRoot.certificate,
  cartCertificateByRSA,
  cartRootRSA.certificate,
  workstationRoot.certificate,
];

const certificate: Target = {
  name: 'x509-certificate',
  entry: 'protocol/src/x509/certificate.ts › readCertificate (name.ts, der.ts)',
  refusals: [MalformedCertificate],
  limits: 'CERTIFICATE_BYTES_MAX, one whole DER sequence, one purpose',
  form: 'bytes',
  seeds: () => CERTIFICATES,
  vary: (chance) => changeSigned(chance.pick(CERTIFICATES.slice(0, 4)), chance, cartRoot),
  feed: (input) => {
    const read = readCertificate(input);
    holds(input.length <= CERTIFICATE_BYTES_MAX, 'a certificate is too long');
    holds(Buffer.from(read.der).equals(input), 'other bytes than those that were read');
    return read;
  },
};

const peer: Target = {
  name: 'x509-cart-certificate',
  entry: 'protocol/src/x509/peer-certificate.ts › readPeerCertificate, judgeCertificate',
  refusals: [MalformedCertificate, CertificateNotTrusted, CertificateNotInTime],
  limits: 'nothing that the root did not sign is believed',
  form: 'bytes',
  seeds: () => [cartCertificate],
  // An authority that signs nonsense.
  vary: (chance) => changeSigned(cartCertificate, chance, cartRoot),
  feed: (input) => {
    const read = readPeerCertificate(input);
    judgeCertificate(read, root, 'peer', NOW_MS);
    return read;
  },
};

const workstation: Target = {
  name: 'x509-workstation-certificate',
  entry: 'protocol/src/x509/peer-certificate.ts › admitWorkstationCertificate',
  refusals: [MalformedCertificate, CertificateNotTrusted, CertificateNotInTime],
  limits: 'nothing that the root did not sign is believed',
  form: 'bytes',
  seeds: () => [workstationCertificate],
  vary: (chance) => changeSigned(workstationCertificate, chance, workstationRoot),
  feed: (input) => admitWorkstationCertificate(input, workstationRoot.certificate, NOW_MS),
};

const workstationPeer: Target = {
  name: 'x509-workstation-peer',
  entry: 'protocol/src/x509/peer-certificate.ts › admitWorkstationPeer',
  refusals: [MalformedCertificate, CertificateNotTrusted, CertificateNotInTime],
  limits: 'nothing that the root did not sign is believed',
  form: 'bytes',
  seeds: () => [workstationPeerCertificate],
  vary: (chance) => changeSigned(workstationPeerCertificate, chance, workstationRoot),
  feed: (input) => admitWorkstationPeer(input, workstationRoot.certificate, NOW_MS),
};

const publicKey: Target = {
  name: 'x509-public-key',
  entry: 'protocol/src/x509/algorithm.ts › admitPublicKey',
  refusals: [PublicKeyRefused],
  limits: '1,024 bytes; P-256, or RSA of 3,072 to 4,096 bits; one DER form',
  form: 'bytes',
  seeds: () => [
    spkiOf(createPublicKey(cartKey)),
    spkiOf(readCertificate(cartRootRSA.certificate).publicKey),
  ],
  feed: (input) => {
    const key = admitPublicKey(input);
    holds(spkiOf(key).equals(input), 'a key has two forms');
    return key;
  },
};

const certificationRequest: Target = {
  name: 'x509-certification-request',
  entry: 'protocol/src/x509/certification-request.ts › readCertificationRequest (PKCS#10)',
  refusals: [MalformedCertificationRequest],
  limits: 'CERTIFICATION_REQUEST_BYTES_MAX, DER only, signed by its own key',
  form: 'bytes',
  seeds: () => [
    makeCertificationRequest(SERIAL, cartKey),
    makeCertificationRequest(SERIAL, cartRootRSA.privateKey),
  ],
  vary: (chance) => changeRequest(makeCertificationRequest(SERIAL, cartKey), chance, cartKey),
  feed: (input) => {
    const read = readCertificationRequest(input);
    holds(input.length <= CERTIFICATION_REQUEST_BYTES_MAX, 'a request is too long');
    return read;
  },
};

const REVOCATIONS: RevocationList = {
  revocations: [1, 2, 3].map((at) => ({ certificateSerialHex: `4${at}ff`, atMs: NOW_MS })),
  number: 7,
  thisUpdateMs: NOW_MS,
  nextUpdateMs: NOW_MS + 1000,
};

function revocationListOf(list: RevocationList): Uint8Array {
  const [der] = decodePEM('X509 CRL', makeRevocationList(cartRoot, list));
  return der ?? new Uint8Array(0);
}

const revocationList: Target = {
  name: 'x509-revocation-list',
  entry: 'protocol/src/x509/revocation-list.ts › readRevocationList',
  refusals: [MalformedRevocationList],
  limits: 'REVOCATION_LIST_BYTES_MAX, DER only, signed by the authority',
  form: 'bytes',
  seeds: () => [REVOCATIONS, { ...REVOCATIONS, revocations: [] }].map(revocationListOf),
  vary: (chance) => changeSigned(revocationListOf(REVOCATIONS), chance, cartRoot),
  feed: (input) => {
    const list = readRevocationList(input, cartRoot.certificate);
    holds(input.length <= REVOCATION_LIST_BYTES_MAX, 'a list is too long');
    return list;
  },
};

const certificatesOnly: Target = {
  name: 'est-certificates-only',
  entry: 'protocol/src/est/certificates-only.ts › readCertificatesOnly (PKCS#7)',
  refusals: [MalformedCertificatesOnly],
  limits: '48 KiB, eight certificates',
  form: 'bytes',
  seeds: () => [
    makeCertificatesOnly([cartRoot.certificate]),
    makeCertificatesOnly(CERTIFICATES.slice(0, 3)),
  ],
  feed: (input) => {
    const read = readCertificatesOnly(input);
    holds(read.length >= 1 && read.length <= 8, 'too many certificates');
    const again = readCertificatesOnly(makeCertificatesOnly(read));
    const texts = (all: readonly Uint8Array[]): string =>
      all
        .map((der) => Buffer.from(der).toString('base64'))
        .toSorted()
        .join();
    holds(texts(again) === texts(read), 'certificates are packed as others');
    return read;
  },
};

const pemText: Target = {
  name: 'x509-pem',
  entry: 'protocol/src/x509/pem.ts › decodePEM',
  refusals: [MalformedPEM],
  limits: '2 MiB; nothing between the blocks',
  form: 'text',
  words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\r\n', ' ', '='],
  seeds: () => [
    Buffer.from(pem(cartCertificate)),
    Buffer.from(pem(cartCertificate) + pem(cartRoot.certificate)),
  ],
  feed: (input) => {
    const blocks = decodePEM('CERTIFICATE', input.toString('utf8'));
    const again = decodePEM(
      'CERTIFICATE',
      blocks.map((der) => encodePEM('CERTIFICATE', der)).join(''),
    );
    holds(again.length === blocks.length, 'blocks are written as others');
    holds(
      blocks.every((der, at) => Buffer.from(der).equals(again[at] ?? der)),
      'a block is written as another',
    );
    return blocks;
  },
};

const body: Target = {
  name: 'est-body',
  entry: 'protocol/src/est/est.ts › decodeESTBody',
  refusals: [MalformedESTBody],
  limits: 'the characters that a caller names',
  form: 'text',
  words: ['\r\n', '=', '==', '-', ' '],
  seeds: () => [Buffer.from(encodeESTBody(cartCertificate))],
  feed: (input) => {
    const text = input.toString('latin1');
    const bytes = decodeESTBody(text, EST_REQUEST_CHARACTERS_MAX);
    holds(text.length <= EST_REQUEST_CHARACTERS_MAX, 'a body is too long');
    const again = decodeESTBody(encodeESTBody(bytes), 2 * EST_REQUEST_CHARACTERS_MAX);
    holds(Buffer.from(again).equals(bytes), 'a body is written as another');
    return bytes;
  },
};

const ANCHORS = {
  version: 1,
  root: root.fingerprint,
  workstationCA: pem(workstationRoot.certificate),
  licenceCA: pem(workstationRoot.certificate),
  ledgerKey: ledgerLine,
  iat: NOW_MS / 1000,
};

/** The same while the root changes: two roots are named, of which one signs and one certifies. */
const ANCHORS_OF_TWO = {
  ...ANCHORS,
  version: 2,
  roots: [pem(cartRoot.certificate), pem(cartRootRSA.certificate)],
  issuing: root.fingerprint,
};

const anchors: Target = {
  name: 'est-anchors',
  entry: 'protocol/src/est/anchors.ts › readAnchors',
  refusals: [MalformedAnchors],
  limits: 'ANCHORS_CHARACTERS_MAX, signed by the pinned root',
  form: 'text',
  words: ['.', '..', '=', 'e30'],
  seeds: async () => {
    const made = {
      workstationCA: ANCHORS.workstationCA,
      licenceCA: ANCHORS.licenceCA,
      ledgerKey: ledgerLine,
      issuedAtMs: NOW_MS,
    };
    const { roots, issuing } = ANCHORS_OF_TWO;
    return [
      Buffer.from(await makeAnchors(cartRoot, made)),
      Buffer.from(await makeAnchors(cartRoot, { ...made, roots, issuing })),
    ];
  },
  vary: async (chance) =>
    await signChanged(chance.below(2) === 0 ? ANCHORS : ANCHORS_OF_TWO, chance, {
      typ: 'chaperone-anchors+jws',
      key: cartRoot.privateKey,
      algorithm: 'ES256',
    }),
  feed: async (input) => await readAnchors(input.toString('utf8'), cartRoot.certificate),
};

const TERMS = {
  version: 1,
  licence: `lcnc-${'0'.repeat(26)}`,
  number: 2,
  serial: SERIAL,
  features: ['view', 'control'],
  validFrom: NOW_MS / 1000,
  validUntil: NOW_MS / 1000 + 86_400,
  iat: NOW_MS / 1000,
};

const licenceStatement: Target = {
  name: 'licence-statement',
  entry: 'protocol/src/licence/licence-statement.ts › readLicenceStatement',
  refusals: [MalformedLicenceStatement],
  limits: 'LICENCE_STATEMENT_CHARACTERS_MAX, signed by the licence root',
  form: 'text',
  words: ['.', '..', '=', 'e30'],
  seeds: async () => {
    const { version: _version, licence, validFrom, validUntil, iat, ...terms } = TERMS;
    const made = {
      ...terms,
      id: parseLicenceId(licence),
      features: parseFeatures(terms.features),
      validFromUtcMs: validFrom * 1000,
      validUntilUtcMs: validUntil * 1000,
      issuedUtcMs: iat * 1000,
    };
    return [Buffer.from(await makeLicenceStatement(signerOf(workstationRoot.privateKey), made))];
  },
  vary: async (chance) =>
    await signChanged(TERMS, chance, {
      typ: LICENCE_STATEMENT_TYPE,
      key: workstationRoot.privateKey,
      algorithm: 'ES256',
    }),
  feed: async (input) => {
    const read = await readLicenceStatement(input.toString('utf8'), workstationRoot.certificate);
    holds(read.features.length > 0, 'a licence for nothing');
    holds((read.validUntilUtcMs ?? Infinity) > read.validFromUtcMs, 'it ends before it begins');
    const jws = await makeLicenceStatement(signerOf(workstationRoot.privateKey), read);
    const again = await readLicenceStatement(jws, workstationRoot.certificate);
    holds(JSON.stringify(again) === JSON.stringify(read), 'terms are written as others');
    return read;
  },
};

const LICENCE_CODE = newLicenceCode(() => new Uint8Array(19).fill(9));

const LICENCE_FILE: LicenceFile = {
  licence: parseLicenceId(TERMS.licence),
  serial: SERIAL,
  code: LICENCE_CODE,
  codeExpiresUtcMs: NOW_MS,
  gateway: { host: '192.0.2.1', port: 443, serverName: 'gateway.example' },
  rootFingerprint: root.fingerprint,
  serviceCentre: 'Centre',
  facility: null,
  model: 'Sonata 9',
};
const centre = async (): Promise<LicenceFileSigner> => ({
  cartRoot: pem(cartRoot.certificate),
  anchors: await makeAnchors(cartRoot, {
    workstationCA: ANCHORS.workstationCA,
    licenceCA: ANCHORS.licenceCA,
    ledgerKey: ledgerLine,
    issuedAtMs: NOW_MS,
  }),
  signer: signerOf(workstationRoot.privateKey),
});

const licenceFile: Target = {
  name: 'est-licence-file',
  entry: 'protocol/src/est/licence-file.ts › readLicenceFile, parseFingerprint',
  refusals: [MalformedLicenceFile, MalformedId, MistypedLicenceCode],
  limits: 'LICENCE_FILE_CHARACTERS_MAX; each part is signed by the one before',
  form: 'json',
  seeds: async () => [Buffer.from(await writeLicenceFile(await centre(), LICENCE_FILE))],
  vary: async (chance) => {
    const { cartRoot: rootPem, anchors: anchorsJWS } = await centre();
    const { codeExpiresUtcMs: _, ...file } = LICENCE_FILE;
    const claims = { version: 2, ...file, codeExpires: NOW_MS / 1000 };
    const licence = await signChanged(claims, chance, {
      typ: LICENCE_FILE_TYPE,
      key: workstationRoot.privateKey,
      algorithm: 'ES256',
    });
    const parts = { version: 2, cartRoot: rootPem, anchors: anchorsJWS };
    return Buffer.from(JSON.stringify({ ...parts, licence: String(licence) }));
  },
  feed: async (input) => {
    const { anchors: _, ...licence } = await readLicenceFile(input.toString('utf8'));
    const { anchors: __, ...again } = await readLicenceFile(
      await writeLicenceFile(await centre(), licence),
    );
    holds(JSON.stringify(again) === JSON.stringify(licence), 'a licence is written as another');
    holds(
      parseFingerprint(licence.rootFingerprint) === licence.rootFingerprint,
      'two fingerprints',
    );
    return licence;
  },
};

const licenceCode: Target = {
  name: 'licence-code',
  entry: 'domain/src/licence/licence-code.ts › parseLicenceCode',
  refusals: [MistypedLicenceCode],
  limits: '128 characters typed, 20 symbols, one printed form',
  form: 'text',
  words: ['-', ' ', 'O', 'I', 'l', 'U', '\u2013', 'ı', 'ß'],
  seeds: () => [
    Buffer.from(LICENCE_CODE),
    Buffer.from(LICENCE_CODE.toLowerCase().replaceAll('-', ' ')),
  ],
  feed: (input) => {
    const code = parseLicenceCode(input.toString('utf8'));
    holds(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/.test(code), 'not the printed form');
    holds(parseLicenceCode(code) === code, 'a code is printed as another');
    return code;
  },
};

export const CERTIFICATE_TARGETS: readonly Target[] = [
  certificate,
  peer,
  workstation,
  workstationPeer,
  publicKey,
  certificationRequest,
  revocationList,
  certificatesOnly,
  pemText,
  body,
  anchors,
  licenceStatement,
  licenceFile,
  licenceCode,
];
