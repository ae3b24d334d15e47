/** Reads certificates with Node's own X.509. */
import { X509Certificate } from 'node:crypto';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { certificateReaderOf } from './certificate-reader.ts';
import type { TakenApart } from './certificate-reader.ts';
import type { CertificateReader } from './cart-signer.ts';

export const nodeCertificateReader: CertificateReader = certificateReaderOf({
  read(der): TakenApart {
    const { publicKey, ...read } = readCertificate(der);
    const algorithm = publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
    return { ...read, key: publicKey, algorithm };
  },
  isIssuedBy({ der }, authority) {
    const x509 = new X509Certificate(der);
    const issuer = new X509Certificate(authority.der);
    return x509.checkIssued(issuer) && x509.verify(issuer.publicKey);
  },
});
