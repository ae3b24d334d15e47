/** What is in an archive, without unpacking it; and the beginning of one entry. */
import { natureOf } from '@chaperone/domain/record-kind/record-kind.ts';
import { Eye, File, Folder, Lock } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Dialog } from '../../dialog/dialog.tsx';
import { useShortcuts } from '../../key/shortcuts.ts';
import { IconButton } from '../../part/button.tsx';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes, formatCount, formatDateTime } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { ROW_BYTES, hexRow } from '../hex/hex-rows.ts';
import { decodeLine, shownLine } from '../log/line-text.ts';
import type { ViewProps } from '../view-props.ts';
import { VirtualRows } from '../virtual-rows.tsx';
import { shownFault } from '../worker/shown-fault.ts';
import { WorkerCalls } from '../worker/worker-call.ts';
import type { WorkerPort } from '../worker/worker-call.ts';
import type { ArchiveOpening } from './archive-worker.ts';
import type { ArchiveEntry, ArchiveListing } from './entry.ts';

const words = VIEWER_WORDS.archive;
const ROW_PX = 30;
/** Rows of an entry that is no text. */
const HEX_ROWS = 256;

export function ArchiveView({ source, format }: ViewProps): ReactNode {
  const { address, bytes } = source;
  const [listing, setListing] = useState<ArchiveListing | null>(null);
  const [progress, setProgress] = useState(0);
  const [fault, setFault] = useState<Error | null>(null);
  const [opened, setOpened] = useState<{ entry: ArchiveEntry; bytes: Uint8Array } | null>(null);
  const [text, setText] = useState('');
  const [top, setTop] = useState(0);
  const calls = useRef<WorkerCalls | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });
  useEffect(() => {
    const own = new WorkerCalls(
      () =>
        new Worker(new URL('./archive-worker.ts', import.meta.url), {
          type: 'module',
        }) as unknown as WorkerPort,
    );
    calls.current = own;
    const opening: ArchiveOpening = { source: { address, bytes }, format };
    own
      .call<ArchiveListing, number>('list', opening, { onTold: setProgress })
      .then(setListing)
      .catch((reason: unknown) => setFault(shownFault(reason)));
    return () => own.close();
  }, [address, bytes, format]);
  const shown = useMemo(() => {
    const sought = text.toLowerCase();
    const entries = listing?.entries ?? [];
    return sought === ''
      ? entries
      : entries.filter(({ name }) => name.toLowerCase().includes(sought));
  }, [listing, text]);
  const open = (entry: ArchiveEntry): void => {
    setFault(null);
    calls.current
      ?.call<Uint8Array>('entry', entry)
      .then((content) => setOpened({ entry, bytes: content }))
      .catch((reason: unknown) => setFault(shownFault(reason)));
  };
  return (
    <div className="archive">
      <div className="viewer__tools">
        <input
          ref={field}
          className="input"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setTop(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setText('');
            event.currentTarget.blur();
          }}
        />
        <output className="viewer__found">
          {listing === null
            ? fault === null && words.reading(formatBytes(progress))
            : words.count(formatCount(shown.length), formatBytes(sumOf(shown)))}
        </output>
      </div>
      <Trouble fault={fault} />
      {listing?.cut != null && (
        <p className="note note--warning">
          {words.cuts[listing.cut]}
          {listing.total !== null && ` ${words.total(formatCount(listing.total))}`}
        </p>
      )}
      {listing !== null && (
        <>
          <div className="entry-row entry-row--head" aria-hidden>
            <span>{words.name}</span>
            <span>{words.size}</span>
            <span>{words.packed}</span>
            <span>{words.changed}</span>
            <span />
          </div>
          <VirtualRows
            label={words.entries}
            rows={shown.length}
            rowPx={ROW_PX}
            top={Math.min(top, Math.max(0, shown.length - 1))}
            onTop={setTop}
            renderRow={(row) => {
              const entry = shown[row];
              return entry === undefined ? null : <EntryRow entry={entry} onOpen={open} />;
            }}
          />
        </>
      )}
      {opened !== null && (
        <Dialog
          title={shownLine(opened.entry.name) || words.unnamed}
          isWide
          onClose={() => setOpened(null)}
        >
          <EntryContent bytes={opened.bytes} total={opened.entry.bytes} />
        </Dialog>
      )}
    </div>
  );
}

function sumOf(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface EntryRowProps {
  readonly entry: ArchiveEntry;
  readonly onOpen: (entry: ArchiveEntry) => void;
}

function EntryRow({ entry, onOpen }: EntryRowProps): ReactNode {
  const { name, bytes, packedBytes, isFolder, isEncrypted, modifiedUtcMs, place } = entry;
  const Icon = isFolder ? Folder : isEncrypted ? Lock : File;
  const shown = shownLine(name) || words.unnamed;
  return (
    <div className="entry-row">
      <span className="entry-row__name" title={shown}>
        <Icon aria-hidden className="icon icon--small" />
        {shown}
        {isEncrypted && <span className="quiet"> ({words.encrypted})</span>}
      </span>
      <span>{isFolder ? '' : formatBytes(bytes)}</span>
      <span>{isFolder || packedBytes === null ? '' : formatBytes(packedBytes)}</span>
      <span>{modifiedUtcMs === null ? '' : formatDateTime(modifiedUtcMs)}</span>
      <span>
        {!isFolder && place !== null && (
          <IconButton icon={Eye} label={words.openNamed(shown)} onPress={() => onOpen(entry)} />
        )}
      </span>
    </div>
  );
}

function EntryContent({
  bytes,
  total,
}: {
  readonly bytes: Uint8Array;
  readonly total: number;
}): ReactNode {
  const isText = natureOf(bytes.subarray(0, 1024)).kind === 'text';
  const text = isText
    ? decodeLine(bytes, 'utf-8').split('\n').map(shownLine).join('\n')
    : hexOf(bytes);
  return (
    <>
      {bytes.length < total && (
        <p className="hint">{words.beginning(formatBytes(bytes.length), formatBytes(total))}</p>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls. */}
      <pre className="entry-content" tabIndex={0}>
        {text === '' ? words.empty : text}
      </pre>
    </>
  );
}

function hexOf(bytes: Uint8Array): string {
  const rows = Math.min(HEX_ROWS, Math.ceil(bytes.length / ROW_BYTES));
  return Array.from({ length: rows }, (_, row) => {
    const at = row * ROW_BYTES;
    const { offset, bytes: pairs, text } = hexRow(bytes.subarray(at, at + ROW_BYTES), at, 8);
    return `${offset}  ${pairs.padEnd(48)}  ${text}`;
  }).join('\n');
}
