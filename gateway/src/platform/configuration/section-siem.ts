/** The section `siem`: where the ledger's entries go as audit messages (decision 0036). */
import { z } from 'zod';
import { HOST_EXPECTED, host, line, noted, path } from './configuration-field.ts';

/** MSGID of the messages; collectors choose by it how to read them. */
export const MESSAGE_IDS = ['IHE+RFC-3881', 'DICOM+RFC3881', 'IHE+DICOM'] as const;
/** PRINTUSASCII, RFC 5424 §6. */
const APP_NAME = /^[!-~]{1,48}$/;

/** Without the section nothing is forwarded. It has no setting without TLS. */
export const siem = z
  .strictObject({
    host: noted(host, {
      description: `The collector's name or address, ${HOST_EXPECTED}. It takes syslog over TLS (RFC 5425).`,
    }),
    port: noted(z.int().min(1).max(65_535).default(6514), { description: 'Its TCP port.' }),
    serverName: noted(host.optional(), {
      description: "The name or address in the collector's certificate, if it is not `siem.host`.",
    }),
    authoritiesFile: noted(path, {
      description:
        'The certificates, PEM, of the authorities that may certify the collector; no others are trusted.',
    }),
    certificateFile: noted(path.optional(), {
      description:
        "The gateway's own certificate for the collector, PEM with its chain, where that wants one; together with `siem.keyFile`.",
    }),
    keyFile: noted(path.optional(), {
      description: 'The key of that certificate, PEM.',
      secretFile: true,
    }),
    facility: noted(z.int().min(0).max(23).default(10), {
      description: 'The syslog facility; 10 is security and authorization, as DICOM has it.',
    }),
    appName: noted(
      z
        .string()
        .regex(APP_NAME, 'expected 1 to 48 printable ASCII characters')
        .default('chaperone'),
      { description: 'APP-NAME of the messages.' },
    ),
    messageId: noted(z.enum(MESSAGE_IDS).default('IHE+RFC-3881'), {
      description:
        'MSGID of the messages: the one that IHE ATNA (ITI-20) demands, or another that the collector chooses its reader by. The content is the same.',
    }),
    enterpriseNumber: noted(z.int().min(1).max(4_294_967_295).default(32_473), {
      description:
        "The private enterprise number in the names of structured data (`ledger@N`, RFC 5424): the service centre's own, from IANA. The default is " +
        'the number that RFC 5612 keeps for examples; it is nobody’s, and another sender may use it, too.',
    }),
    site: noted(line(100).optional(), {
      description: 'AuditEnterpriseSiteID of the messages: whose site this is.',
    }),
  })
  .refine(
    ({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined),
    { path: ['keyFile'], message: 'goes together with certificateFile' },
  )
  .optional();
