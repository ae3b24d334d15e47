/**
 * Signatures with SHA3-256, by their object identifiers: what the gateway's and the carts' certificates have. Works in Node and in a
 * browser.
 *
 * @see NIST CSOR 2.16.840.1.101.3.4.3
 */
export const ECDSA_SHA3_256 = '2.16.840.1.101.3.4.3.10';
export const RSA_SHA3_256 = '2.16.840.1.101.3.4.3.14';

/** As a person reads them, by identifier. */
export const SHA3_SIGNATURE_NAMES: ReadonlyMap<string, string> = new Map([
  [ECDSA_SHA3_256, 'ECDSA with SHA3-256'],
  [RSA_SHA3_256, 'RSA with SHA3-256'],
]);
