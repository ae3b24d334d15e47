/** A certificate of destruction, to be read and printed; its fields are those of NIST SP 800-88r2 section 4.6. */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { DestructionCertificate } from '../contract.ts';
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, documentOf, instantOf, termsOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export function certificatePage(
  setting: PageSetting,
  reader: Reader,
  caseId: CaseId,
  { claims }: DestructionCertificate,
): string {
  const { language } = setting;
  const words = wordsOf(language).certificate;
  const { keysFound, recordsFound, temporaryFilesFound, rowsFound, method } = claims.verification;
  const fields = termsOf([
    [words.case, claims.caseNumber],
    [words.facility, claims.facility],
    [words.cart, claims.cart],
    [words.records, claims.records],
    [words.bytes, bytesOf(language, claims.bytes)],
    [words.method, claims.method],
    [words.technique, claims.technique],
    [words.verification, method],
    [words.found, words.foundText(keysFound, recordsFound, temporaryFilesFound, rowsFound)],
    [words.decidedBy, `${claims.decidedBy.name} (${claims.decidedBy.role})`],
    [words.decided, instantOf(language, claims.decidedUtcMs)],
    [words.destroyed, instantOf(language, claims.destroyedUtcMs)],
    [words.entry, claims.ledgerIndex],
    [words.tool, claims.tool],
    [words.by, `${claims.place} (${claims.iss})`],
    [words.contact, claims.contact],
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
