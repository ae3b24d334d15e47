/** Reads certificates with Node's own X.509. */
import { X509Certificate } from 'node:crypto';
import {
  CertificateNotTrusted,
  MalformedCertificate,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { MalformedPEM, decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CertificateReader } from './cart-signer.ts';

export const nodeCertificateReader: CertificateReader = {
  root(pem) {
    return { fingerprint: readRoot(pem).fingerprint };
  },
  cart(pem, rootPEM) {
    const read = readPeerCertificate(derOf(pem));
    if (rootPEM !== null) {
      const root = readRoot(rootPEM);
      // Whether it was in date depends on when it signed, which is asked where it signed.
      judgeCertificate(read, root, 'peer', Math.max(read.notBeforeMs, root.notBeforeMs));
    }
    return {
      serial: read.serial,
      key: read.publicKey,
      algorithm: read.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
      keyThumbprint: read.keyThumbprint,
      certificateSerial: read.certificateSerialHex,
      notBeforeMs: read.notBeforeMs,
      notAfterMs: read.notAfterMs,
    };
  },
};

function readRoot(pem: string): ReadCertificate {
  const root = readCertificate(derOf(pem));
  if (root.purpose !== 'authority' || !new X509Certificate(root.der).verify(root.publicKey)) {
    throw new CertificateNotTrusted('It is not an authority that signed itself.');
  }
  return root;
}

/** Reads one certificate in the one form in which it is written. @throws MalformedPEM, MalformedCertificate */
function derOf(pem: string): Uint8Array {
  const [der, ...rest] = decodePEM('CERTIFICATE', pem);
  if (der === undefined || rest.length > 0) {
    throw new MalformedCertificate('There must be exactly one certificate here.');
  }
  // A file that went through an editor may end its lines otherwise, and its last one not at all.
  const written = `${pem.replaceAll('\r\n', '\n').replace(/\n$/, '')}\n`;
  if (written !== encodePEM('CERTIFICATE', der)) {
    throw new MalformedPEM('The PEM text is not as it was written.');
  }
  return der;
}
