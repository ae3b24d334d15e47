/** Step 5: the report is signed, looked at and saved, and the firewall team gets its text. */
import { facilityIn } from '@chaperone/protocol/commissioning/validation.ts';
import { Download, FileCheck, PenLine, Printer, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { refusalWords } from '../words/engineer-words.ts';
import type { StepProps } from './step.ts';
import { Field, FormProblem } from './field.tsx';
import { FirewallText, saveFile } from './firewall-text.tsx';
import { Fact, Facts } from './facts.tsx';
import { ReportPage, printReport } from './report-page.tsx';
import { useStepAct } from './step-act.ts';

/** Takes who accepts for whom, and shows what was signed: with another report, from the beginning. */
export function AcceptanceStep(props: StepProps): ReactNode {
  return <Acceptance key={props.state.report?.id ?? ''} {...props} />;
}

function Acceptance({ state, acts }: StepProps): ReactNode {
  const words = useEngineerWords();
  const { start, isBusy, problem, error, forget } = useStepAct();
  const { report, reportTrouble, reportRefusal, validation } = state;
  // A refusal was about the validation of then.
  useEffect(forget, [forget, validation?.startedUtcMs, validation?.running, validation?.accepted]);
  const isOld = report?.isOutOfDate === true;
  const [facility, setFacility] = useState(
    report?.facility ?? facilityIn(validation?.steps ?? []) ?? '',
  );
  const [name, setName] = useState(report?.acceptedBy ?? '');
  const [page, setPage] = useState<string | null>(null);
  const sending = useStepAct();
  return (
    <div className="form">
      <Heading takesFocus={false}>{words.acceptance.title}</Heading>
      {reportTrouble !== null && (
        <div className="waits" role="alert">
          <TriangleAlert className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">{words.acceptance.worthless}</p>
            <p>{refusalWords(words, reportTrouble, null)}</p>
            {reportRefusal !== null && <p lang="en">{reportRefusal}</p>}
          </div>
        </div>
      )}
      {report !== null && (
        <div className={isOld ? 'waits' : 'good'}>
          <FileCheck className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">
              {isOld ? words.acceptance.outOfDate : words.acceptance.signed}
            </p>
            <Facts>
              <Fact name={words.acceptance.report}>{report.id}</Fact>
              <Fact name={words.acceptance.facility}>{report.facility}</Fact>
              <Fact name={words.acceptance.signedBy}>{report.acceptedBy}</Fact>
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
                    saveFile(`acceptance-${report.id}.html`, 'text/html', await acts.reportPage()),
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
            </div>
            <FormProblem problem={sending.problem} />
          </div>
        </div>
      )}
      <FirewallText state={state} acts={acts} />
      {page !== null && <ReportPage page={page} label={words.acceptance.report} />}
      {page === null && (
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
          <div
            className={
              report === null || isOld ? 'form__actions' : 'form__actions form__actions--loose'
            }
          >
            <Button
              tone={report === null || isOld ? 'go' : 'plain'}
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
