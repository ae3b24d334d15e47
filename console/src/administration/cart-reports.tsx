/** The acceptance reports of one cart, and what is different now from the one by which it was accepted. */
import { useQuery } from '@tanstack/react-query';
import { Download, ExternalLink } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { reportAddress } from '../api/administration.ts';
import type { CartReport, CommissionedCart } from '../api/administration.ts';
import { download } from '../api/download.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationQueries } from '../query/administration.ts';
import { formatDateTime } from '../words/format.ts';
import { CART_WORDS } from '../words/machines.ts';

const words = CART_WORDS;

export function CartDrift({ cart }: { readonly cart: CommissionedCart }): ReactNode {
  const { drift, acceptedUtcMs } = cart;
  const none = acceptedUtcMs === null ? words.neverAccepted : words.noDrift;
  return (
    <section aria-label={words.driftTitle} className="panel__part">
      <h3>{words.driftTitle}</h3>
      {drift.length === 0 && <p className="quiet">{none}</p>}
      {drift.length > 0 && (
        <dl className="facts">
          {drift.map(({ what, was, now }) => (
            <div key={what}>
              <dt>{words.drifts[what]}</dt>
              <dd>
                {now} <span className="quiet">({words.now})</span>
                <br />
                {was} <span className="quiet">({words.was})</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

export function CartReports({ serial }: { readonly serial: string }): ReactNode {
  const { data, error } = useQuery(administrationQueries.cartReports(serial));
  return (
    <section aria-label={words.reportsTitle} className="panel__part">
      <h3>{words.reportsTitle}</h3>
      <Trouble fault={error} />
      {data?.items.length === 0 && <p className="quiet">{words.noReports}</p>}
      {data !== undefined && data.items.length > 0 && (
        <ul className="reports">
          {data.items.map((report) => (
            <OneReport key={report.id} serial={serial} report={report} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OneReport(props: { readonly serial: string; readonly report: CartReport }): ReactNode {
  const { serial, report } = props;
  const [fault, setFault] = useState<unknown>(null);
  const { id, receivedUtcMs, acceptedBy } = report;
  return (
    <li>
      <p>
        {resultText(report)} <span className="quiet">{words.by(acceptedBy)}</span>
        <br />
        <span className="quiet">{formatDateTime(receivedUtcMs)}</span>
      </p>
      <p className="reports__acts">
        <a
          className="button button--quiet"
          href={reportAddress(serial, id, 'page')}
          target="_blank"
          rel="noreferrer"
          aria-label={words.openPageOf(id)}
        >
          <ExternalLink aria-hidden className="icon icon--small" />
          {words.openPage}
        </a>
        <Button
          icon={Download}
          label={words.downloadOf(id)}
          onPress={() => {
            setFault(null);
            download(reportAddress(serial, id, 'file'), `${id}.json`).catch(setFault);
          }}
        >
          {words.download}
        </Button>
      </p>
      <Trouble fault={fault} />
    </li>
  );
}

/** What a validation came to, in a few words. */
export function resultText({
  accepted,
  failedStep,
  warnings,
}: Pick<CartReport, 'accepted' | 'failedStep' | 'warnings'>): string {
  if (!accepted)
    return failedStep === null ? words.attentions['validation-failed'] : words.failedAt(failedStep);
  return warnings === 0 ? words.accepted : `${words.accepted}, ${words.remarks(warnings)}`;
}
