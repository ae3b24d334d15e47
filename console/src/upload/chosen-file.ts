/** Files that a person chose or dropped, each with where it lies in the folder that came with it. */

export interface ChosenFile {
  readonly file: File;
  /** Relative, with the name of the folder itself; '' for a file by itself. */
  readonly folder: string;
}

/** Of a file picker; a picked folder says in each file where it lies. */
export function chosenOf(files: FileList | null): readonly ChosenFile[] {
  return [...(files ?? [])].map((file) => ({ file, folder: folderOf(file.webkitRelativePath) }));
}

/** Of a drop, folders with everything in them. What was dropped is known only until the first wait: it is asked for at once. */
export function droppedOf(dropped: DataTransfer): Promise<readonly ChosenFile[]> {
  const entries = [...dropped.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return filesOf(entries, '');
}

async function filesOf(
  entries: readonly FileSystemEntry[],
  folder: string,
): Promise<readonly ChosenFile[]> {
  const found: ChosenFile[] = [];
  for (const entry of entries) {
    if (isFile(entry)) found.push({ file: await fileOf(entry), folder });
    if (isDirectory(entry)) {
      const within = folder === '' ? entry.name : `${folder}/${entry.name}`;
      found.push(...(await filesOf(await entriesOf(entry), within)));
    }
  }
  return found;
}

/** A directory gives a part of its entries each time, and none at its end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function folderOf(relativePath: string): string {
  return relativePath.split('/').slice(0, -1).join('/');
}
