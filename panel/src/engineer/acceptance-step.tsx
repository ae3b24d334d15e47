/** Step 5: the report is signed, looked at and saved, and the firewall team gets its text. */
import { facilityIn } from '@chaperone/protocol/commissioning/validation.ts';
import { Copy, Download, FileCheck, PenLine, Printer } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import type { StepProps } from './step.ts';
import { Field, FormProblem } from './field.tsx';
import { Fact, Facts } from './facts.tsx';
import { ReportPage, printReport } from './report-page.tsx';
import { useStepAct } from './step-act.ts';

/** Takes who accepts for whom, and shows what was signed: with another report, from the beginning. */
export function AcceptanceStep(props: StepProps): ReactNode {
  return <Acceptance key={props.state.report?.id ?? ''} {...props} />;
}

function Acceptance({ state, acts }: StepProps): ReactNode {
  const words = useEngineerWords();
  const { start, isBusy, problem, error } = useStepAct();
  const { report } = state;
  const [facility, setFacility] = useState(
    report?.facility ?? facilityIn(state.validation?.steps ?? []) ?? '',
  );
  const [name, setName] = useState(report?.acceptedBy ?? '');
  const [page, setPage] = useState<string | null>(null);
  const [firewall, setFirewall] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const sending = useStepAct();
  return (
    <div className="form">
      <Heading takesFocus={false}>{words.acceptance.title}</Heading>
      {report !== null && (
        <div className="good">
          <FileCheck className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">{words.acceptance.signed}</p>
            <Facts>
              <Fact name={words.acceptance.report}>{report.id}</Fact>
              <Fact name={words.acceptance.facility}>{report.facility}</Fact>
              <Fact name={words.acceptance.by}>{report.acceptedBy}</Fact>
              <Fact name={words.acceptance.when}>{words.moments(report.signedUtcMs)}</Fact>
              <Fact name={words.acceptance.received}>
                {report.receivedUtcMs === null
                  ? words.acceptance.notReceived
                  : words.moments(report.receivedUtcMs)}
              </Fact>
            </Facts>
            <div className="form__small">
              <Button
                tone="plain"
                size="small"
                expanded={page !== null}
                onPress={() =>
                  page === null
                    ? sending.start(async () => setPage(await acts.reportPage()))
                    : setPage(null)
                }
              >
                {page === null ? words.acceptance.show : words.acceptance.hide}
              </Button>
              <Button
                tone="plain"
                size="small"
                icon={Download}
                onPress={() =>
                  sending.start(async () =>
                    save(`acceptance-${report.id}.html`, 'text/html', await acts.reportPage()),
                  )
                }
              >
                {words.acceptance.savePage}
              </Button>
              <Button
                tone="plain"
                size="small"
                icon={Printer}
                onPress={() => sending.start(async () => printReport(await acts.reportPage()))}
              >
                {words.acceptance.print}
              </Button>
              <Button
                tone="plain"
                size="small"
                expanded={firewall !== null}
                onPress={() =>
                  firewall === null
                    ? sending.start(async () => setFirewall(await acts.firewall()))
                    : setFirewall(null)
                }
              >
                {words.acceptance.firewall}
              </Button>
            </div>
            <FormProblem problem={sending.problem} />
          </div>
        </div>
      )}
      {firewall !== null && (
        <div className="firewall">
          <textarea
            className="firewall__text"
            aria-label={words.acceptance.firewall}
            readOnly
            rows={Math.min(24, firewall.split('\n').length + 1)}
            value={firewall}
          />
          <div className="form__small">
            <Button
              tone="plain"
              size="small"
              icon={Copy}
              onPress={() =>
                sending.start(
                  () => navigator.clipboard.writeText(firewall),
                  () => setCopied(true),
                )
              }
            >
              {isCopied ? words.acceptance.copied : words.acceptance.copy}
            </Button>
            <Button
              tone="plain"
              size="small"
              icon={Download}
              onPress={() => save(`firewall-${state.cart.serial}.txt`, 'text/plain', firewall)}
            >
              {words.acceptance.saveText}
            </Button>
          </div>
        </div>
      )}
      {page !== null && <ReportPage page={page} label={words.acceptance.report} />}
      {page === null && firewall === null && (
        <>
          <p>{report === null ? words.acceptance.statement : words.acceptance.anew}</p>
          <Field
            label={words.acceptance.facility}
            value={facility}
            onChange={setFacility}
            error={error('facility')}
            lengthMax={200}
          />
          <Field
            label={words.acceptance.by}
            value={name}
            onChange={setName}
            error={error('acceptedBy')}
            lengthMax={100}
          />
          <FormProblem problem={problem} />
          <div className="form__actions">
            <Button
              tone={report === null ? 'go' : 'plain'}
              icon={PenLine}
              busy={isBusy}
              busyWords={words.moment}
              onPress={() => start(() => acts.accept(facility, name))}
            >
              {words.acceptance.sign}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
