/** The certificate of destruction: to read, to print, to take along. */
import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, FileJson, FileLock2, Flame, Printer } from 'lucide-react';
import type { ReactNode } from 'react';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import type { CaseDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { VerifierLink } from '../part/verifier-link.tsx';
import { queries } from '../query/queries.ts';
import { formatBytes, formatUTC } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import { EvidenceButton, useEvidence } from './evidence-button.tsx';

interface CertificatePageProps {
  readonly serviceCase: CaseDetail;
  /** Goes on with a destruction that was interrupted. */
  readonly onGoOn: () => void;
}

export function CertificatePage({ serviceCase, onGoOn }: CertificatePageProps): ReactNode {
  const { id, state, number } = serviceCase;
  const isResolved = state === 'resolved';
  const certificate = useQuery({ ...queries.certificate(id), enabled: isResolved });
  const bundle = useEvidence(serviceCase);
  const words = WORDS.certificate;
  if (!isResolved) {
    return (
      <div className="page">
        <div className="empty">
          <p className="empty__title">
            {state === 'resolving' ? WORDS.case.resolving : words.none}
          </p>
          <p>{words.none}</p>
          {state === 'resolving' && (
            <Button icon={Flame} onPress={onGoOn}>
              {WORDS.case.goOn}
            </Button>
          )}
        </div>
      </div>
    );
  }
  const { data } = certificate;
  return (
    <div className="page page--narrow">
      <Trouble fault={bundle.error ?? certificate.error} />
      {data !== undefined && (
        <>
          <div className="certificate__acts">
            <Button kind="main" icon={Printer} onPress={() => window.print()}>
              {words.print}
            </Button>
            <Saved
              name={`certificate-${number}.json`}
              type="application/json"
              text={JSON.stringify(data.claims, null, 2)}
            >
              <FileJson aria-hidden className="icon" />
              {words.json}
            </Saved>
            <Saved name={`certificate-${number}.jws`} type="application/jose" text={data.jws}>
              <FileLock2 aria-hidden className="icon" />
              {words.jws}
            </Saved>
            <EvidenceButton bundle={bundle} />
            <VerifierLink />
          </div>
          <Certificate claims={data.claims} digest={statementDigest(data.jws)} />
        </>
      )}
    </div>
  );
}

interface CertificateProps {
  readonly claims: DestructionCertificateClaims;
  /** Of the signed text, as the ledger has it. */
  readonly digest: string;
}

function Certificate({ claims, digest }: CertificateProps): ReactNode {
  const words = WORDS.certificate;
  const { verification } = claims;
  const found = [
    [words.foundItems.keys, verification.keysFound],
    [words.foundItems.records, verification.recordsFound],
    [words.foundItems.temporaryFiles, verification.temporaryFilesFound],
    [words.foundItems.rows, verification.rowsFound],
  ] as const;
  const { sanitization } = claims;
  const rows: readonly (readonly [string, string | null, ('mono' | 'strong')?])[] = [
    [words.number, `${claims.caseNumber} · ${claims.case}`, 'mono'],
    [words.facility, claims.facility],
    [words.cart, [claims.cart, sanitization?.cartModel].filter(Boolean).join(' · '), 'mono'],
    [words.object, sanitization?.object ?? null],
    [words.media, sanitization?.media ?? null],
    [words.records, `${claims.records} (${formatBytes(claims.bytes)})`],
    [words.counts, sanitization === undefined ? null : countsText(sanitization.counts)],
    [words.method, methodText(claims)],
    [words.technique, claims.technique],
    [words.tool, claims.tool],
    [words.verification, verification.method],
    [words.lookedIn, sanitization?.lookedIn.join(', ') ?? null, 'mono'],
    [words.found, found.map(([what, count]) => `${count} ${what}`).join(', ')],
    [words.result, verification.result, 'strong'],
    [words.decided, decidedText(claims)],
    [words.decidedAt, formatUTC(claims.decidedUtcMs)],
    [words.destroyedAt, formatUTC(sanitization?.verifiedUtcMs ?? claims.destroyedUtcMs)],
    [words.disposition, sanitization?.disposition ?? null],
    [words.place, claims.place],
    [words.contact, claims.contact],
    [words.ledger, `#${claims.ledgerIndex}`, 'mono'],
    [words.issuer, claims.iss],
    [words.issuedAt, formatUTC(claims.iat * 1000)],
    [words.digest, digest, 'mono'],
    [words.demoParts, sanitization?.demoParts.join(', ') || null],
  ];
  return (
    <article className="certificate" aria-labelledby="certificate-title">
      <header>
        <BadgeCheck aria-hidden className="certificate__mark" />
        <div>
          <h2 id="certificate-title">{words.title}</h2>
          <p>{words.lead}</p>
        </div>
      </header>
      {claims.demo && <p className="certificate__demo">{words.demo}</p>}
      <dl>
        {rows
          .filter(([, value]) => value !== null)
          .map(([name, value, tone]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={tone}>{value}</dd>
            </div>
          ))}
      </dl>
      <footer>
        <p>{words.standard}</p>
        <p>{words.check}</p>
      </footer>
    </article>
  );
}

function methodText({ method, sanitization }: DestructionCertificateClaims): string {
  if (sanitization === undefined) return method;
  return `${method} (SP 800-88: ${WORDS.certificate.categories[sanitization.category]})`;
}

function decidedText({ decidedBy, sanitization }: DestructionCertificateClaims): string {
  if (sanitization?.decidedFor === 'unresolved-limit') return WORDS.certificate.byLimit;
  return `${decidedBy.name} (${WORDS.roles[decidedBy.role] ?? decidedBy.role})`;
}

/** Counts in the words of the console; a count that it does not know keeps its name. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const { counted, nothingCounted } = WORDS.certificate;
  const named: Readonly<Record<string, string | undefined>> = counted;
  const told = Object.entries(counts).map(([name, count]) => `${count} ${named[name] ?? name}`);
  return told.length === 0 ? nothingCounted : told.join(', ');
}

interface SavedProps {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly children: ReactNode;
}

/** A link to something that this page holds already. */
function Saved({ name, type, text, children }: SavedProps): ReactNode {
  const address = `data:${type};charset=utf-8,${encodeURIComponent(text)}`;
  return (
    <a className="button button--plain" href={address} download={name}>
      {children}
    </a>
  );
}
