/**
 * Every parser of the product that faces a network or a file.
 *
 * A row is a target: its name, the product's own entry, all errors that it may throw, its limits in words, and how it is
 * fed. The rows stand by subject:
 *
 * | file | what |
 * |---|---|
 * | `target/message.ts` | JSON of the tunnel, the console, the panel: bodies of requests and answers |
 * | `target/engineer-message.ts` | JSON of the engineer page and of commands to a running agent |
 * | `target/header.ts` | headers, ids, file names, NDJSON lines, the edge's ClientHello |
 * | `target/rfb.ts`, `screen.ts`, `tight.ts` | RFB of viewers and sources, the cart's relay and re-encoder as a whole, video |
 * | `target/recording.ts` | the same as the desk records it, and as the console plays it |
 * | `target/certificate.ts` | X.509, PKCS#10, PKCS#7, CRLs, PEM, EST, licence codes and files |
 * | `target/statement.ts` | JWS of workstations, carts, ledger; who checks them on cart and desk |
 * | `target/portal.ts` | what officers' browsers send to the facility portal, and what its pages show of strangers' words |
 * | `target/passkey.ts` | what browsers say of security keys (WebAuthn) |
 * | `target/claims.ts` | what an OpenID provider says of a person |
 * | `target/tree.ts`, `journal-page.ts` | notes, checkpoints, proofs, frontiers; a cart's journal at the desk |
 * | `target/posture.ts` | what a workstation says of itself, and what it is read from: ClamAV's and apt's texts |
 * | `target/acceptance.ts` | acceptance reports of carts |
 * | `target/evidence.ts` | what is handed to `chaperone verify` |
 * | `target/deidentification.ts` | files on their way out: DICOM, logs, region templates |
 * | `target/mask.ts` | mask templates, drawings and snapshots of a display |
 * | `target/vault.ts` | age files, sealed texts, records on the disk |
 * | `target/wire.ts` | answers to an enrolment, the administrator's and the hardware key's sockets |
 * | `target/road.ts` | on a cart's way out: answers of name servers and proxies, what a PAC file names, what is set at a site |
 * | `target/workstation.ts` | the program on a technician's computer: answers, its files, other programs' lists |
 * | `target/network.ts` | what NetworkManager says, keyfiles, what a change of the network left on the disk |
 * | `target/wifi.ts` | what is in the air, what adapters and sign-in servers say, authorities that an engineer brings |
 * | `target/configuration.ts`, `disk.ts` | configuration, and what the programs wrote themselves |
 *
 * Not here: HTTP/1.1, HTTP/2, TLS and WebSocket framing are Node's and ws'; that what they refuse ends a connection and
 * nothing else is shown against the running programs (`edge.test.ts`, and `test/hostile`).
 */
import type { Target } from './target.ts';
import { ACCEPTANCE_TARGETS } from './target/acceptance.ts';
import { ANTIVIRUS_TARGETS } from './target/antivirus.ts';
import { CERTIFICATE_TARGETS } from './target/certificate.ts';
import { CLAIMS_TARGETS } from './target/claims.ts';
import { CONFIGURATION_TARGETS } from './target/configuration.ts';
import { DEIDENTIFICATION_TARGETS } from './target/deidentification.ts';
import { DISK_TARGETS } from './target/disk.ts';
import { ENGINEER_MESSAGE_TARGETS } from './target/engineer-message.ts';
import { EVIDENCE_TARGETS } from './target/evidence.ts';
import { HEADER_TARGETS } from './target/header.ts';
import { JOURNAL_PAGE_TARGETS } from './target/journal-page.ts';
import { MASK_TARGETS } from './target/mask.ts';
import { MESSAGE_TARGETS } from './target/message.ts';
import { PASSKEY_TARGETS } from './target/passkey.ts';
import { PICTURE_TARGETS } from './target/picture.ts';
import { POSTURE_TARGETS } from './target/posture.ts';
import { PORTAL_TARGETS } from './target/portal.ts';
import { FACILITY_TARGETS } from './target/facility.ts';
import { RFB_TARGETS } from './target/rfb.ts';
import { NETWORK_TARGETS } from './target/network.ts';
import { RECORDING_TARGETS } from './target/recording.ts';
import { ROAD_TARGETS } from './target/road.ts';
import { SCREEN_TARGETS } from './target/screen.ts';
import { STATEMENT_TARGETS } from './target/statement.ts';
import { TIGHT_TARGETS } from './target/tight.ts';
import { TREE_TARGETS } from './target/tree.ts';
import { VAULT_TARGETS } from './target/vault.ts';
import { WIFI_TARGETS } from './target/wifi.ts';
import { WIRE_TARGETS } from './target/wire.ts';
import { WORKSTATION_TARGETS } from './target/workstation.ts';

export const TARGETS: readonly Target[] = [
  ...MESSAGE_TARGETS,
  ...MASK_TARGETS,
  ...ENGINEER_MESSAGE_TARGETS,
  ...HEADER_TARGETS,
  ...RFB_TARGETS,
  ...SCREEN_TARGETS,
  ...TIGHT_TARGETS,
  ...RECORDING_TARGETS,
  ...CERTIFICATE_TARGETS,
  ...STATEMENT_TARGETS,
  ...ACCEPTANCE_TARGETS,
  ...PASSKEY_TARGETS,
  ...POSTURE_TARGETS,
  ...PICTURE_TARGETS,
  ...CLAIMS_TARGETS,
  ...PORTAL_TARGETS,
  ...TREE_TARGETS,
  ...JOURNAL_PAGE_TARGETS,
  ...EVIDENCE_TARGETS,
  ...VAULT_TARGETS,
  ...CONFIGURATION_TARGETS,
  ...DEIDENTIFICATION_TARGETS,
  ...DISK_TARGETS,
  ...WIRE_TARGETS,
  ...NETWORK_TARGETS,
  ...ROAD_TARGETS,
  ...WORKSTATION_TARGETS,
  ...WIFI_TARGETS,
  ...ANTIVIRUS_TARGETS,
  ...FACILITY_TARGETS,
];
