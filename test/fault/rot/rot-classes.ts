/**
 * What each stored file is, and what must hold when a bit of it flips. A file that falls in no class is a new one: say here
 * what protects it.
 *
 * | class | what must hold |
 * |---|---|
 * | made anew | nothing of it counts: the program starts and everything reads as before |
 * | refused | the program does not start, and says in a sentence which file and what to do |
 * | refused or same | as refused, unless the bit is in white space or unused bits, so that the same is read |
 * | one case, one record | the program starts; the case, or the record, answers with a code; all else reads as before |
 * | fetched again | the program starts; less of the file counts as arrived; nothing else changes |
 * | database | by column: `row-protection.ts` |
 * | newest changes | the ledger is as it was, or the start is refused: SQLite drops what does not fit its sums |
 * | setting | refused with line, key or what to do, or another setting that is valid: nobody can see that |
 * | evidence | `chaperone verify` says no |
 * | codes | the program starts and all else reads as before; no code is taken until the file is restored (secret-seal.test.ts) |
 * | secret of salts | only a length is seen: commitments of that cart can no longer be opened, or the same patient gets another pseudonym; nothing else is lost |
 * | memory of the ledger | what is damaged is said, and nothing is compared with it: a bit never accuses the service centre |
 * | receipt | that one is passed over, or `chaperone verify` says no; the others read as before |
 * | policy of the facility | it is said to be damaged and admits nothing, or the same policy is in force |
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';

export type RotClass =
  | 'made anew'
  | 'refused'
  | 'refused or same'
  | 'one case'
  | 'one record'
  | 'fetched again'
  | 'database'
  | 'newest changes'
  | 'setting'
  | 'evidence'
  | 'secret of salts'
  | 'memory of the ledger'
  | 'receipt'
  | 'policy of the facility'
  | 'codes';

const ID = '[0-9a-z]{26}';

const CLASSES: readonly (readonly [RegExp, RotClass])[] = [
  [/^gateway\/format$/, 'refused'],
  [/^gateway\/gateway\.(?:lock|lock-journal|pid|db-shm)$/, 'made anew'],
  [/^gateway\/gateway\.db$/, 'database'],
  [/^gateway\/gateway\.db-wal$/, 'newest changes'],
  [/^gateway\/(?:.*\/)?\.[^/]+\.[0-9a-f]{16}\.partial$/, 'made anew'],
  [/^gateway\/ledger\/(?:signing\.key|checkpoint)$/, 'refused or same'],
  [/^gateway\/authority\/authority\.json$/, 'refused or same'],
  [
    /^gateway\/authority\/(?:cart|workstation|browser|facility|licence)\.(?:key|cert)\.pem$/,
    'refused or same',
  ],
  [
    /^gateway\/authority\/(?:cart|workstation|browser|facility|licence)\.key\.json$/,
    'refused or same',
  ],
  [/^gateway\/authority\/servers\/(?:tunnel|console|portal)\.pem$/, 'made anew'],
  [/^gateway\/siem\/position$/, 'made anew'],
  [/^gateway\/portal-officer\.key$/, 'codes'],
  [/^gateway\/vault\/keyring\/wrapping\.\d+\.key$/, 'refused'],
  [/^gateway\/vault\/keyring\/secrets\.\d+\.[0-9a-f]{16}\.keys$/, 'one case'],
  [new RegExp(`^gateway/vault/records/case-${ID}/recd-${ID}\\.age$`), 'one record'],
  [new RegExp(`^gateway/vault/staging/case-${ID}/xfer-${ID}\\.age$`), 'fetched again'],
  [/^(?:gateway|cart)\.json$/, 'setting'],
  [/^cart\/site\.json$/, 'setting'],
  [/^evidence\.json$/, 'evidence'],
  [/^cart\/agent\.lock(?:-journal)?$/, 'made anew'],
  [/^cart\/panel-(?:address|credential)$/, 'made anew'],
  [/^cart\/(?:name-commitment|deidentification)\.secret$/, 'secret of salts'],
  [/^cart\/ledger\/(?:checkpoint|sessions\.json|diverged\.json)$/, 'memory of the ledger'],
  [/^cart\/receipts\/\d{15}-sess-[0-9a-z]{26}(?:\.awaiting)?\.json$/, 'receipt'],
  // Empty unless a session has just ended on a full disk.
  [/^cart\/receipts\/\.reserve$/, 'made anew'],
  [/^cart\/facility-(?:key|policy)\.json$/, 'policy of the facility'],
  [/^cart\/deidentification\/[0-9a-f]{64}(?:\.part)?$/, 'made anew'],
  [
    /^cart\/identities\/[0-9a-f]+\/(?:cart\.key|cart\.cert|cart-root|workstation-ca)\.pem$/,
    'refused or same',
  ],
  [/^cart\/identities\/[0-9a-f]+\/(?:anchors\.json|licence\.jws)$/, 'refused or same'],
  [/^cart\/journal\/journal\.ndjson$/, 'refused'],
  [/^cart\/journal\/journal\.mark$/, 'made anew'],
];

export interface StoredFile {
  /** Below the day's folder, with slashes. */
  readonly name: string;
  readonly is: RotClass;
}

/** Finds every file of a day and its class. @throws for a file of no class */
export function storedFiles(folder: string): readonly StoredFile[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    // A link to the one folder in `identities`, which is looked at there.
    .filter((name) => !name.startsWith('cart/identity/'));
  return files.toSorted().map((name) => {
    const is = CLASSES.find(([form]) => form.test(name))?.[1];
    if (is === undefined)
      throw new Error(`${name} is of no class: say in rot-classes.ts what protects it from damage`);
    return { name, is };
  });
}
