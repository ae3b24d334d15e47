/** A policy to begin with: careful, complete, and meant to be changed with an editor. */
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Writes the first version of a facility's policy: office hours, nothing that can run, and a second person for control. */
export function newPolicy(
  facility: string,
  timeZone: string,
  utcMs: number,
): FacilityPolicyDocument {
  const office = ['08:00-17:00'];
  return {
    format: 1,
    facility,
    version: 1,
    validFrom: instant(utcMs),
    validUntil: instant(utcMs + YEAR_MS),
    carts: 'every',
    hours: {
      timeZone,
      week: { mon: office, tue: office, wed: office, thu: office, fri: office },
      exceptions: [],
      mayFinish: false,
    },
    groups: [
      {
        name: 'every technician of the service centre',
        technicians: 'every',
        workstations: 'every',
        activities: ['view', 'control', 'fetch-files', 'send-files'],
      },
    ],
    activities: ['view', 'control', 'fetch-files', 'send-files'],
    files: {
      fetch: {
        allowed: [
          { endings: ['.log', '.txt', '.xml', '.json', '.csv'], kinds: ['text', 'empty'] },
          { endings: ['.dcm'], kinds: ['dicom'] },
        ],
        refused: ['executable', 'script'],
      },
      send: { allowed: 'any', refused: ['executable', 'script'] },
    },
    deIdentificationRequired: false,
    regionTemplates: [],
    secondApproval: null,
    // No screenMasks: nothing is demanded of the screen, and carts of earlier versions refuse a policy that has the member.
  };
}

function instant(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 10)}T00:00:00Z`;
}
