/** SHA-256 over a random 32-byte salt and a text, base64url. The salt is kept with the text, never in the ledger. */
export type Commitment = string;
