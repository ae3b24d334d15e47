/** Makes what releases records, by the configuration. */
import { scannedOnDisk } from '@chaperone/host/clamd.ts';
import { makeAntivirus } from '../antivirus/antivirus.ts';
import type { Scanning } from '../desk/quarantine/quarantine.ts';
import type { AntivirusSection } from '../platform/configuration/section-antivirus.ts';
import type { Log } from '../platform/log/log.ts';

/** @param root the folder in the place of `/`, where clamd.conf is looked for */
export function makeScanning(section: AntivirusSection, log: Log, root: string): Scanning {
  if (section.kind === 'none-demo') return { scanner: null };
  // What lies on a disk meanwhile is the one place where a file is in the clear: whoever runs this has to know.
  void scannedOnDisk(root).then((directory) => {
    if (directory !== null)
      log.warn(
        { directory },
        'clamd writes what it scans to a disk, in the clear: put its TemporaryDirectory on a tmpfs',
      );
  });
  const { socket, port, bytesMax, scanMsMax, definitionsAgeMaxMs, atOnceMax } = section;
  const scanner = makeAntivirus({
    address: port === undefined ? { path: socket } : { host: '127.0.0.1', port },
    bytesMax,
    scanMsMax,
    archive: {
      entriesMax: section.archiveEntriesMax,
      depthMax: section.archiveDepthMax,
      unpackedBytesMax: section.archiveBytesMax,
      ratioMax: section.archiveRatioMax,
    },
    onLimit: (bytes) =>
      log.warn(
        { bytes, bytesMax },
        'clamd looks through less than antivirus.bytesMax, and nothing larger is released: raise StreamMaxLength, MaxFileSize and MaxScanSize in clamd.conf',
      ),
  });
  return { scanner, policy: { kind: 'scan', definitionsAgeMaxMs }, atOnceMax };
}
