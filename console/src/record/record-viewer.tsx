/**
 * One record, looked at where it is: in the vault. What shows it is chosen by its bytes; those who show it come only when
 * they are needed.
 */
import type { RecordKind } from '@chaperone/domain/record-kind/record-kind.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import type { ReactNode } from 'react';
import type { CaseDetail } from '../api/desk.ts';
import { records } from '../api/records.ts';
import type { RecordNature } from '../api/records.ts';
import { useShortcuts } from '../key/shortcuts.ts';
import { Button, IconButton } from '../part/button.tsx';
import { DeidentifyAct } from '../part/deidentify-act.tsx';
import { QuarantineMark, QuarantineNote, isReleased } from '../part/quarantine-mark.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { useIsDesignated } from '../route/signed-in.tsx';
import { EXPORT_WORDS } from '../words/exports.ts';
import { formatBytes } from '../words/format.ts';
import { VIEWER_WORDS } from '../words/viewer.ts';
import { ExportDialog } from './export-dialog.tsx';
import type { ViewProps } from './view-props.ts';

const LogView = lazy(async () => ({ default: (await import('./log/log-view.tsx')).LogView }));
const HexView = lazy(async () => ({ default: (await import('./hex/hex-view.tsx')).HexView }));
const DicomView = lazy(async () => ({
  default: (await import('./dicom/dicom-view.tsx')).DicomView,
}));
const ImageView = lazy(async () => ({
  default: (await import('./image/image-view.tsx')).ImageView,
}));
const VideoView = lazy(async () => ({
  default: (await import('./image/video-view.tsx')).VideoView,
}));
const RecordingView = lazy(async () => ({
  default: (await import('./screen/recording-view.tsx')).RecordingView,
}));
const ArchiveView = lazy(async () => ({
  default: (await import('./archive/archive-view.tsx')).ArchiveView,
}));

const words = VIEWER_WORDS;

interface RecordViewerProps {
  readonly serviceCase: CaseDetail;
  readonly record: string;
}

export function RecordViewer({ serviceCase, record: id }: RecordViewerProps): ReactNode {
  const { id: caseId, recordList } = serviceCase;
  const navigate = useNavigate();
  const kinds = useQuery(queries.recordKinds(caseId, recordList));
  const exports = useQuery(queries.exports(caseId));
  const [isExporting, setIsExporting] = useState(false);
  const [asBytes, setAsBytes] = useState<string | null>(null);
  const isDesignated = useIsDesignated(serviceCase);
  const record = recordList.find((each) => each.id === id);
  // What is in quarantine is passed over, as the list has no link to it.
  const others = recordList.filter((each) => isReleased(each) || each.id === id);
  const at = others.findIndex((each) => each.id === id);
  const back = (): void =>
    void navigate({ to: '/cases/$caseId/$tab', params: { caseId, tab: 'records' } });
  const go = (by: number): void => {
    const next = others[at + by];
    if (next === undefined) return;
    const params = { caseId, recordId: next.id };
    void navigate({ to: '/cases/$caseId/records/$recordId', params, replace: true });
  };
  const found = kinds.data?.kinds.find((each) => each.record === id);
  // What begins like a recording and was not made by the gateway is not played.
  const isForeign = found?.kind === 'recording' && record?.origin !== 'recording';
  const nature: RecordNature | undefined = isForeign
    ? { kind: 'binary', format: 'unknown' }
    : found;
  const isBytes = asBytes === id;
  const isPlayed = nature?.kind === 'recording' && !isBytes;
  useShortcuts({
    Escape: back,
    // A recording has these keys for itself.
    ...(isPlayed ? {} : { ArrowLeft: () => go(-1), ArrowRight: () => go(1) }),
  });
  if (record === undefined) return <p className="waiting">{words.gone}</p>;
  const isOpen = isReleased(record);
  return (
    <section className="viewer" aria-label={record.name}>
      <header className="viewer__head">
        <Link to="/cases/$caseId/$tab" params={{ caseId, tab: 'records' }} className="side__back">
          <ArrowLeft aria-hidden className="icon icon--small" />
          {words.back}
        </Link>
        <IconButton icon={ChevronLeft} label={words.previous} onPress={() => go(-1)} />
        <span className="quiet">{words.place(at + 1, others.length)}</span>
        <IconButton icon={ChevronRight} label={words.next} onPress={() => go(1)} />
        <h1 className="viewer__name" title={record.name}>
          {record.name}
        </h1>
        <span className="quiet">{formatBytes(record.bytes)}</span>
        <span className="viewer__space" />
        {isOpen && nature !== undefined && nature.kind !== 'binary' && (
          <div className="viewer__ways">
            <Button isPressed={!isBytes} onPress={() => setAsBytes(null)}>
              {words.asItIs(nature.kind)}
            </Button>
            <Button isPressed={isBytes} onPress={() => setAsBytes(id)}>
              {words.asBytes}
            </Button>
          </div>
        )}
        {isOpen && record.origin !== 'recording' && (
          <DeidentifyAct caseId={caseId} record={record} mayAct={isDesignated} />
        )}
        {isOpen && exports.data?.mayExport === true && (
          <Button
            icon={Download}
            label={EXPORT_WORDS.actNamed(record.name)}
            onPress={() => setIsExporting(true)}
          >
            {words.export}
          </Button>
        )}
      </header>
      <Trouble fault={kinds.error} />
      {isOpen ? (
        <Shown
          // Another record begins anew.
          key={`${id} ${String(isBytes)}`}
          nature={isBytes ? { kind: 'binary', format: 'unknown' } : nature}
          isKnown={kinds.isFetched}
          source={{ address: records.contentAddress(caseId, id), bytes: record.bytes }}
          name={record.name}
        />
      ) : (
        <div className="viewer__wait viewer__held">
          <QuarantineMark quarantine={record.quarantine} />
          <QuarantineNote quarantine={record.quarantine} />
          <p>{words.notReleased}</p>
        </div>
      )}
      <p className="viewer__note">
        <span>{isOpen ? words.recorded : ''}</span>
        <span>{isPlayed ? words.recordingKeys : words.keys}</span>
      </p>
      {isExporting && (
        <ExportDialog caseId={caseId} record={record} onClose={() => setIsExporting(false)} />
      )}
    </section>
  );
}

interface ShownProps extends Omit<ViewProps, 'format'> {
  readonly nature: RecordNature | undefined;
  readonly isKnown: boolean;
}

function Shown({ nature, isKnown, source, name }: ShownProps): ReactNode {
  if (source.bytes === 0) return <p className="viewer__wait">{words.empty}</p>;
  if (nature === undefined && !isKnown) return <p className="viewer__wait">{words.loading}</p>;
  // Where the desk could not tell what it is, its refusal is met again by whoever reads on.
  const { kind, format } = nature ?? { kind: 'binary', format: 'unknown' };
  return (
    <Suspense fallback={<p className="viewer__wait">{words.loading}</p>}>
      {viewOf(kind, { source, name, format })}
    </Suspense>
  );
}

function viewOf(kind: RecordKind, shown: ViewProps): ReactNode {
  const { source, format } = shown;
  switch (kind) {
    case 'dicom':
      return <DicomView source={source} />;
    case 'image':
      return <ImageView {...shown} />;
    case 'video':
      return <VideoView {...shown} />;
    case 'recording':
      return <RecordingView source={source} />;
    case 'archive':
      return <ArchiveView {...shown} />;
    case 'text':
      return (
        <LogView
          {...shown}
          encoding={format === 'utf-16le' || format === 'utf-16be' ? format : 'utf-8'}
        />
      );
    case 'binary':
      return <HexView source={source} />;
  }
}
