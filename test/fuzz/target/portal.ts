/** Targets of the facility portal: certificates and requests of officers, what a browser sends, what is shown of strangers' names, a request file at the terminal. */
import { RequestFileUnusable, requestOf } from '@chaperone/gateway/composition/officer-terminal.ts';
import { html } from '@chaperone/gateway/portal/pages/html.ts';
import { LANGUAGES, languageOf } from '@chaperone/gateway/portal/pages/language.ts';
import { codeOf, policyOf } from '@chaperone/gateway/portal/web/form.ts';
import { PortalFormMalformed } from '@chaperone/gateway/portal/web/web-error.ts';
import { stepOfCode } from '@chaperone/gateway/platform/one-time-code/one-time-code.ts';
import {
  CertificateNotInTime,
  CertificateNotTrusted,
  MalformedCertificate,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import {
  CERTIFICATION_REQUEST_BYTES_MAX,
  MalformedCertificationRequest,
  makeKeyCertificationRequest,
  readKeyCertificationRequest,
} from '@chaperone/protocol/x509/certification-request.ts';
import { readOfficerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { NOW_MS, cartKey, officerCertificate, workstationRoot } from '../fixture/authorities.ts';
import { changeRequest, changeSigned } from '../fixture/resign.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const textOf = (input: Buffer): string => input.toString('utf8');
const SECRET = Buffer.from('12345678901234567890');

const facilityRoot = readCertificate(workstationRoot.certificate);

const officer: Target = {
  name: 'x509-officer-certificate',
  entry:
    'protocol/src/x509/peer-certificate.ts › readOfficerCertificate, judgeCertificate (gateway/src/authority/admission/officer-admission.ts)',
  refusals: [MalformedCertificate, CertificateNotTrusted, CertificateNotInTime],
  limits: 'one officer of one facility, and nothing that the root did not sign is believed',
  form: 'bytes',
  seeds: () => [officerCertificate],
  vary: (chance) => changeSigned(officerCertificate, chance, workstationRoot),
  feed: (input) => {
    const read = readOfficerCertificate(input);
    judgeCertificate(read, facilityRoot, 'peer', NOW_MS);
    holds(read.officerId.startsWith('offc-'), 'an officer without an id');
    return read;
  },
};

const keyRequest: Target = {
  name: 'x509-key-certification-request',
  entry: 'protocol/src/x509/certification-request.ts › readKeyCertificationRequest (PKCS#10)',
  refusals: [MalformedCertificationRequest],
  limits: 'CERTIFICATION_REQUEST_BYTES_MAX, DER only, P-256, signed by its own key',
  form: 'bytes',
  seeds: () => [makeKeyCertificationRequest('Somebody', cartKey)],
  vary: (chance) =>
    changeRequest(makeKeyCertificationRequest('Somebody', cartKey), chance, cartKey),
  feed: (input) => {
    const read = readKeyCertificationRequest(input);
    holds(input.length <= CERTIFICATION_REQUEST_BYTES_MAX, 'a request is too long');
    holds(read.publicKey.asymmetricKeyType === 'ec', 'a key of another kind');
    return read;
  },
};

const language: Target = {
  name: 'portal-language',
  entry: 'gateway/src/portal/pages/language.ts › languageOf (Accept-Language)',
  refusals: [],
  limits: '256 characters; any text gives a language',
  form: 'text',
  seeds: () => [Buffer.from('de-AT,de;q=0.9,en;q=0.8,*;q=0.1'), Buffer.from('es')],
  words: [',', ';q=', '0.999', 'de', 'es-419', '*'],
  feed: (input) => {
    const chosen = languageOf(textOf(input));
    holds(LANGUAGES.includes(chosen), 'a language that nobody speaks here');
    return chosen;
  },
};

const form: Target = {
  name: 'portal-form',
  entry: 'gateway/src/portal/web/form.ts › codeOf, stepOfCode (one-time-code.ts)',
  refusals: [],
  limits: 'a code of 32 characters; only six digits count',
  form: 'text',
  seeds: () => [Buffer.from('code=123456'), Buffer.from('code=123+456&code=1')],
  words: ['code=', '%00', '%', '+', '&', '１'],
  feed: (input) => {
    const code = codeOf(textOf(input));
    holds(code.length <= 32, 'a code is too long');
    const step = stepOfCode(SECRET, code, NOW_MS);
    holds(
      step === null || /^\d{6}$/.test(code.replaceAll(/[ \u00A0\u2009\u202F-]/g, '')),
      'no code',
    );
    return code;
  },
};

const BOUNDARY = 'fuzz';
const part = (name: string, value: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const policyForm: Target = {
  name: 'portal-policy-form',
  entry:
    'gateway/src/portal/web/form.ts › policyOf, readMultipart (gateway/src/portal/web/multipart.ts)',
  refusals: [PortalFormMalformed],
  limits: 'eight named parts, each once; a fingerprint is 64 hexadecimal digits or none',
  form: 'bytes',
  seeds: () => [
    Buffer.from(
      `${part('file', 'a.b.c')}${part('policy', '')}${part('fingerprint', 'AB '.repeat(32))}--${BOUNDARY}--\r\n`,
    ),
  ],
  words: ['--fuzz', '--fuzz--', '\r\n\r\n', 'content-disposition: form-data; name="file"', '\0'],
  feed: (bytes) => {
    const contentType = `multipart/form-data; boundary=${BOUNDARY}`;
    const { jws, fingerprint } = policyOf({ bytes, contentType });
    holds(!/\s/.test(jws), 'white space in a policy');
    holds(fingerprint === null || /^(?:[0-9a-f]{64})?$/.test(fingerprint), 'no fingerprint');
    return [jws, fingerprint];
  },
};

const markup: Target = {
  name: 'portal-markup',
  entry: 'gateway/src/portal/pages/html.ts › html',
  refusals: [],
  limits: 'no value opens a tag, ends an attribute or turns the text around it',
  form: 'text',
  seeds: () => [Buffer.from('St. Example & Sons'), Buffer.from(`"><script>alert('1')</script>`)],
  words: ['<', '>', '"', "'", '&', '&lt;', '\u202E', '\0'],
  feed: (input) => {
    const { text } = html`<i title="${textOf(input)}"></i>`;
    const value = text.slice('<i title="'.length, -'"></i>'.length);
    holds(!/[<>"']/.test(value), 'a value became markup');
    holds(!/[\u202A-\u202E\u2066-\u2069\0]/.test(value), 'a value turns the text');
    return value;
  },
};

const der = makeKeyCertificationRequest('Somebody', cartKey);
const requestFile: Target = {
  name: 'officer-request-file',
  entry: 'gateway/src/composition/officer-terminal.ts › requestOf',
  refusals: [RequestFileUnusable],
  limits:
    'one block of PEM under the label of OpenSSL or Windows, or bytes that are read as DER later',
  form: 'bytes',
  seeds: () => [
    der,
    Buffer.from(encodePEM('CERTIFICATE REQUEST', der)),
    Buffer.from(encodePEM('NEW CERTIFICATE REQUEST', der)),
  ],
  feed: (input) => {
    const base64 = requestOf(input, 'a.csr');
    holds(Buffer.from(base64, 'base64').toString('base64') === base64, 'it is not base64');
    return base64;
  },
};

export const PORTAL_TARGETS: readonly Target[] = [
  officer,
  keyRequest,
  language,
  form,
  policyForm,
  markup,
  requestFile,
];
