/** Where the product parses, as far as that can be seen in its text; and what is parsed there although no target says so. */
import type { PackageName } from '../../tools/workspace/workspace.ts';

export const PACKAGES_WITH_PARSERS: readonly PackageName[] = [
  'domain',
  'protocol',
  'gateway',
  'cart',
  'workstation',
  'facility',
  'verify',
  'host',
  'deidentification',
  'panel',
  'console',
];

/** Calls that turn somebody else's bytes or text into a value. */
export const PARSING =
  /JSON\.parse\(|\bsafeParse\(|\bschema\.parse\(|decodePEM\(|AsnConvert\.parse\(|, 'base64(?:url)?'\)/;

const OWN_PARTS = 'takes apart what another part of the same program has read and checked before';
const OWN_ROWS =
  'rows that the gateway wrote; what is secret of them is sealed (vault-sealed-text)';
const SCHEMA = 'reads by the schemas that message-… feed, with the same decoder';

/** Files that match and that no target's entry names, each with its reason. */
export const PARSED_ELSEWHERE: Readonly<Record<string, string>> = {
  'cart/src/acceptance/make-claims.ts': OWN_PARTS,
  'cart/src/acceptance/send-report.ts':
    'one text of a strict schema, whose JWS signed-… statements feed; acceptance.test.ts answers otherwise',
  'cart/src/command/network.ts': 'a profile by the schema that message-engineer-network feeds',
  'cart/src/evidence/check-countersigned.ts':
    'a message of a strict schema, everything in one try; evidence.test.ts answers otherwise',
  'cart/src/evidence/ledger-memory.ts':
    'files that the agent wrote; damaged ones are tried in evidence.test.ts',
  'cart/src/evidence/receipt-reserve.ts':
    'a file that the agent wrote, each record with its digest; cut-off ones are tried in receipt-reserve.test.ts',
  'cart/src/evidence/receipt-shelf.ts': 'files that the agent wrote, by a strict schema in one try',
  'cart/src/interlock/interlock.ts':
    'one short line of a strict schema, from the account of the agent alone; interlock.test.ts says other things',
  'cart/src/session/moved-files.ts': OWN_PARTS,
  'cart/src/facility-policy/approver-pins.ts':
    'a file that the agent wrote; what cannot be read holds no PIN and the longest wait (facility-policy.test.ts)',
  'cart/src/facility-policy/policy-file.ts':
    'files that the agent wrote; damaged ones are tried in facility-policy.test.ts, what is in them signed-facility-policy feeds',
  'cart/src/platform/pin-hash.ts': OWN_PARTS,
  'cart/src/composition/link-sights.ts':
    'a profile that network-keyfile has read; what does not fit is not told',
  'cart/src/composition/service.ts': OWN_PARTS,
  'cart/src/configuration/describe-configuration.ts':
    'asks the schema for its own default values, for a document',
  'cart/src/engineer/pin.ts':
    'files of two members that the agent wrote; damaged ones are tried in engineer.test.ts',
  'cart/src/command/status.ts': 'asks its own agent by message-panel-view',
  'cart/src/panel-api/panel-api.ts': SCHEMA,
  'cart/src/validation/pinned.ts': 'roots that disk-cart-identity has checked',
  'cart/src/validation/step/certificate.ts':
    'in one try: what does not fit the schema is no answer',
  'cart/src/licence/pinned-roots.ts':
    'roots that disk-cart-identity or est-anchors has checked; pinned-roots.test.ts answers otherwise',
  'cart/src/licence/renewal.ts': 'a root that disk-cart-identity has checked',
  'cart/src/tunnel/dial.ts': 'roots that disk-cart-identity has checked',
  'cart/src/session/unfinished-session.ts':
    'lines that disk-cart-journal has checked at the opening',
  'console/src/api/ask.ts': `${SCHEMA}; a fault of them is shown as trouble on the page`,
  'console/src/api/desk.ts': `${SCHEMA}; a fault of them is shown as trouble on the page`,
  'console/src/screen/snapshot.ts': `${SCHEMA}; a fault of them is shown as trouble on the page`,
  'console/src/events/console-events.ts': `${SCHEMA}; from the desk that served the page`,
  'gateway/src/authority/server-identity/server-identity.ts':
    'everything in one try: what is not good is made anew',
  'gateway/src/composition/desk-parts.ts': OWN_PARTS,
  'gateway/src/composition/officer-administration.ts':
    'base64 of a request whose bytes x509-key-certification-request reads',
  'gateway/src/siem/forwarding/position-file.ts':
    'a file of its own with a digest; siem.test.ts damages it, and then it counts as none',
  'gateway/src/vault/destruction/destruction.ts': OWN_ROWS,
  'gateway/src/desk/receipt/receipt.ts': `${OWN_ROWS}, and a receipt whose signature was checked when it came`,
  'protocol/src/receipt/receipt-files.ts':
    'receipt-files.test.ts feeds it any text: a line is exactly what would be written, or none',
  'verify/src/evidence-file.ts':
    'tells the kinds apart; evidence-… and acceptance-… feed what is behind',
  'verify/src/session-receipt-check.ts':
    'a strict schema; session-receipt-check.test.ts changes every part of a file',
  'verify/src/web-certificate-reader.ts':
    'web-certificate-reader.test.ts changes every byte, and holds it against the reader that x509-certificate feeds',
  'verify/src/witness/witness-disk.ts':
    'files that the witness wrote; damaged ones are tried in witness.test.ts',
  'gateway/src/desk/console/console.ts': 'checks what goes out, not what comes in',
  'gateway/src/desk/export/record-exports.ts': `${OWN_ROWS}, sealed under the key of the case`,
  'gateway/src/desk/commissioning/cart-changes.ts':
    'lines of a cart’s journal whose form and chain the ledger has checked when it copied them, and a row of its own',
  'gateway/src/desk/commissioning/reports.ts':
    'rows that the gateway wrote; damaged ones are tried in reports.test.ts',
  'gateway/src/desk/platform/slow-hash.ts': OWN_ROWS,
  'gateway/src/desk/service-case/case-reasons.ts': `${OWN_ROWS}, sealed under the key of the case`,
  'gateway/src/desk/service-case/case-store.ts': OWN_ROWS,
  'gateway/src/desk/service-case/service-cases.ts': OWN_ROWS,
  'gateway/src/desk/deidentification/case-words.ts': OWN_ROWS,
  'gateway/src/desk/deidentification/deidentification.ts': OWN_ROWS,
  'gateway/src/desk/posture/posture-store.ts':
    'rows that the gateway wrote; damaged ones are tried in posture.test.ts',
  'gateway/src/desk/sign-in/roles-in-force.ts': `${OWN_ROWS}; roles-in-force.test.ts damages them`,
  'gateway/src/desk/transfer/fetch-file.ts': 'a digest whose form http-link.ts has checked',
  'gateway/src/desk/transfer/send-file.ts': OWN_PARTS,
  'gateway/src/desk/transfer/transfer-store.ts': OWN_ROWS,
  'gateway/src/desk/recording/recording-store.ts': `${OWN_ROWS}, sealed under the key of the case`,
  'gateway/src/desk/upload/upload-store.ts': OWN_ROWS,
  'gateway/src/desk/tunnel/connection.ts': SCHEMA,
  'gateway/src/desk/tunnel/http-link.ts': `${SCHEMA}; its lines are ndjson-lines`,
  'gateway/src/desk/workstation/workstation.ts':
    'base64 that message-workstation-… lets through; its bytes are x509-key-certification-request',
  'gateway/src/platform/secret-seal/secret-seal.ts':
    'a row of its own; every flipped byte of it is tried in secret-seal.test.ts',
  'gateway/src/vault/record/record-rows.ts': OWN_ROWS,
  'workstation/src/browser/certify-browser.ts': OWN_PARTS,
  'workstation/src/browser/nss-store.ts': OWN_PARTS,
  'panel/preview/preview-server.ts': 'a preview for who builds the panel; it is not shipped',
  'panel/src/api/agent.ts': SCHEMA,
  'panel/src/api/engineer-agent.ts': `${SCHEMA}; from the agent that served the page`,
  'protocol/src/x509/ecdsa-signature.ts':
    'what our own signer answered; what is no signature is tried in ecdsa-signature.test.ts',
};
