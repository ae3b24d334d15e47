/** A report as text: what a person reads who wants to know what was changed. It holds nothing of the original. */
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  D: 'replaced by a dummy',
  Z: 'emptied',
  X: 'removed',
  C: 'cleaned',
  U: 'replaced by another UID',
  T: 'replaced by a token',
};

export function reportText(report: DeidentificationReport): string {
  const { kind, methods, changes, pixels, bytesBefore, bytesAfter } = report;
  const rows = changes.map(
    ({ what, name, action, count }) =>
      `  ${what.padEnd(9)} ${name.padEnd(44)} ${ACTIONS[action] ?? action}, ${count}`,
  );
  return [
    `De-identification of a ${kind === 'dicom' ? 'DICOM file' : 'log'}`,
    methods.length > 0 ? `Methods (DICOM CID 7050): ${methods.join(', ')}` : '',
    `Bytes before ${bytesBefore}, after ${bytesAfter}`,
    searchedWords(report),
    '',
    'Changed:',
    ...(rows.length > 0 ? rows : ['  nothing']),
    ...(pixels === null
      ? []
      : [
          '',
          `Blanked in each of ${pixels.frames} frames of ${pixels.width} x ${pixels.height} (by ${pixels.source}):`,
          ...pixels.blanked.map(
            ({ x, y, width, height }) => `  x ${x}, y ${y}, ${width} wide, ${height} high`,
          ),
        ]),
    '',
  ].join('\n');
}

/** Of a log the dictionary decides how much can be said: without one a name that stands alone is found by no pattern. */
function searchedWords({ kind, searchedValues }: DeidentificationReport): string {
  if (kind === 'dicom')
    return `Original values searched for in the result: ${searchedValues}, none found`;
  if (searchedValues === 0)
    return 'No dictionary: by patterns alone. A name that stands alone, without a label, may have stayed.';
  return `By a dictionary of ${searchedValues} names, numbers and their parts, and by patterns`;
}
