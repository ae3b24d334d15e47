/** A certificate of destruction, to be read and printed; its fields are those of NIST SP 800-88r2 section 4.6. */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { DestructionCertificate } from '../contract.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, documentOf, instantOf, termsOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import type { Words } from './words-en.ts';

export function certificatePage(
  setting: PageSetting,
  reader: Reader,
  caseId: CaseId,
  { claims, jws }: DestructionCertificate,
): string {
  const { language } = setting;
  const words = wordsOf(language).certificate;
  const { keysFound, recordsFound, temporaryFilesFound, rowsFound, method } = claims.verification;
  const { sanitization } = claims;
  const isByLimit = sanitization?.decidedFor === 'unresolved-limit';
  const { cartModel = null, counts, lookedIn, verifiedUtcMs, demoParts = [] } = sanitization ?? {};
  const fields = termsOf([
    [words.case, `${claims.caseNumber} (${claims.case})`],
    [words.facility, claims.facility],
    [words.cart, cartModel === null ? claims.cart : `${claims.cart} (${cartModel})`],
    [words.object, sanitization?.object ?? null],
    [words.media, sanitization?.media ?? null],
    [words.records, claims.records],
    [words.counts, counts === undefined ? null : countsOf(words, counts)],
    [words.bytes, bytesOf(language, claims.bytes)],
    [
      words.method,
      sanitization === undefined
        ? claims.method
        : `${claims.method} (SP 800-88: ${sanitization.category})`,
    ],
    [words.technique, claims.technique],
    [words.tool, claims.tool],
    [words.verification, method],
    [words.lookedIn, lookedIn === undefined ? null : lookedIn.join(', ')],
    [words.found, words.foundText(keysFound, recordsFound, temporaryFilesFound, rowsFound)],
    [
      words.decidedBy,
      isByLimit ? words.byLimit : `${claims.decidedBy.name} (${claims.decidedBy.role})`,
    ],
    [words.decided, instantOf(language, claims.decidedUtcMs)],
    [words.destroyed, instantOf(language, verifiedUtcMs ?? claims.destroyedUtcMs)],
    [words.disposition, sanitization?.disposition ?? null],
    [words.entry, claims.ledgerIndex],
    [words.by, `${claims.place} (${claims.iss})`],
    [words.contact, claims.contact],
    [words.digest, statementDigest(jws)],
    [words.demoParts, demoParts.length === 0 ? null : demoParts.join(', ')],
  ]);
  const content = html`<article class="certificate">
      <p>${words.lead}</p>
      ${claims.demo ? html`<p class="trouble">${words.demo}</p>` : null} ${fields}
    </article>
    <ul class="doors">
      <li><a href="/cases/${caseId}/evidence.json" download>${words.evidence}</a></li>
      <li><a href="/cases/${caseId}/certificate.jws" download>${words.download}</a></li>
    </ul>
    <p class="on-screen">${words.check}</p>
    <p class="on-screen">
      <a href="/cases/${caseId}">${wordsOf(language).caseTitle(claims.caseNumber)}</a>
    </p>`;
  return documentOf(setting, { title: words.title, reader, content });
}

/** Counts in the reader's words; a count that the portal does not know keeps its name. */
function countsOf(
  { counted, nothingCounted }: Words['certificate'],
  counts: Readonly<Record<string, number>>,
): string {
  const named: Readonly<Record<string, string | undefined>> = counted;
  const told = Object.entries(counts).map(([name, count]) => `${named[name] ?? name}: ${count}`);
  return told.length === 0 ? nothingCounted : told.join(', ');
}
