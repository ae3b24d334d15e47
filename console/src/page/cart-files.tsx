/** Walks through the directories that the cart exposes, and fetches files from them. */
import type { Directories, FileEntry } from '@chaperone/protocol/cart-api/schema.ts';
import { LISTED_ENTRIES_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ChevronRight, CornerLeftUp, Download, File, Folder, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { Button, IconButton } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatBytes, formatDateTime } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

interface CartFilesProps {
  readonly caseId: string;
  readonly grant: string;
  readonly isUsable: boolean;
  readonly directories: Directories['directories'];
}

export function CartFiles({ caseId, grant, isUsable, directories }: CartFilesProps): ReactNode {
  const [directory, setDirectory] = useState(directories[0]?.id ?? '');
  const [path, setPath] = useState('');
  const [filter, setFilter] = useState('');
  const listing = useQuery({
    ...queries.files(caseId, grant, directory, path),
    enabled: isUsable && directory !== '',
  });
  const words = WORDS.files;
  const label = directories.find(({ id }) => id === directory)?.label ?? directory;
  const steps = path === '' ? [] : path.split('/');
  const walk = (next: string): void => {
    setPath(next);
    setFilter('');
  };
  const entries = inOrder(listing.data?.entries ?? [], filter);
  return (
    <>
      <fieldset className="segments files__roots" aria-label={words.directories}>
        {directories.map(({ id, label: name }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === directory}
            onClick={() => {
              setDirectory(id);
              walk('');
            }}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <div className="crumbs">
        <IconButton
          icon={CornerLeftUp}
          label={words.up}
          onPress={() => walk(steps.slice(0, -1).join('/'))}
        />
        <nav aria-label={label}>
          <button type="button" onClick={() => walk('')}>
            {label}
          </button>
          {steps.map((name, index) => (
            // The same name may stand at two depths.
            <span key={`${String(index)} ${name}`}>
              <ChevronRight aria-hidden className="icon icon--small" />
              <button type="button" onClick={() => walk(steps.slice(0, index + 1).join('/'))}>
                {name}
              </button>
            </span>
          ))}
        </nav>
        <input
          type="search"
          className="input input--small"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <IconButton
          icon={RefreshCw}
          label={words.refresh}
          onPress={() => void queryClient.invalidateQueries({ queryKey: ['files', caseId] })}
        />
      </div>
      <Trouble fault={isUsable ? listing.error : null} />
      {listing.data !== undefined && (
        <Listing
          caseId={caseId}
          directory={directory}
          path={path}
          entries={entries}
          isUsable={isUsable}
          onWalk={walk}
        />
      )}
      {listing.data?.truncated === true && <p className="hint">{words.truncated}</p>}
      {listing.isLoading && <p className="quiet">{WORDS.loading}</p>}
    </>
  );
}

/** Directories first, then by name as people count. */
function inOrder(entries: readonly FileEntry[], filter: string): readonly FileEntry[] {
  const wanted = filter.toLowerCase();
  return entries
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((one, other) =>
      one.kind === other.kind
        ? one.name.localeCompare(other.name, 'en', { numeric: true })
        : one.kind === 'directory'
          ? -1
          : 1,
    )
    .slice(0, LISTED_ENTRIES_MAX);
}

interface ListingProps {
  readonly caseId: string;
  readonly directory: string;
  readonly path: string;
  readonly entries: readonly FileEntry[];
  readonly isUsable: boolean;
  readonly onWalk: (path: string) => void;
}

function Listing({ caseId, directory, path, entries, isUsable, onWalk }: ListingProps): ReactNode {
  const words = WORDS.files;
  const fetchFile = useMutation({
    mutationFn: (name: string) => desk.fetchFile(caseId, directory, join(path, name)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  const fetchFolder = useMutation({
    mutationFn: (name: string) => desk.fetchFolder(caseId, directory, join(path, name)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  if (entries.length === 0) return <p className="empty">{words.empty}</p>;
  return (
    <>
      <Trouble fault={fetchFile.error ?? fetchFolder.error} />
      <div className="table-place">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col" className="number">
                {words.size}
              </th>
              <th scope="col">{words.modified}</th>
              <th scope="col">
                <span className="only-heard">{words.fetch}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ name, kind, bytes, modifiedUtcMs }) => (
              <tr key={name}>
                <td className="file-name">
                  {kind === 'directory' ? (
                    <button type="button" onClick={() => onWalk(join(path, name))}>
                      <Folder aria-hidden className="icon icon--folder" />
                      {name}
                    </button>
                  ) : (
                    <span>
                      <File aria-hidden className="icon" />
                      {name}
                    </span>
                  )}
                </td>
                <td className="number">{kind === 'file' ? formatBytes(bytes) : ''}</td>
                <td className="quiet">
                  {/* Of a name that is hidden the cart does not say when, either. */}
                  {modifiedUtcMs === 0 ? '' : formatDateTime(modifiedUtcMs)}
                </td>
                <td className="act">
                  {kind === 'directory' && (
                    <Button
                      icon={Download}
                      label={words.fetchFolderNamed(name)}
                      isDisabled={!isUsable || fetchFolder.isPending}
                      onPress={() => fetchFolder.mutate(name)}
                    >
                      {words.fetchFolder}
                    </Button>
                  )}
                  {kind === 'file' && (
                    <Button
                      icon={Download}
                      label={words.fetchNamed(name)}
                      isDisabled={!isUsable}
                      onPress={() => fetchFile.mutate(name)}
                    >
                      {words.fetch}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
