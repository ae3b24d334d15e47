/**
 * Every word that the console shows, from one place. Written for the people who work with it all day: short, exact, the
 * field's own words. Each area has a file of its own; why something was refused is in `problem.ts`.
 */
import { CASE_WORDS } from './cases.ts';
import { FILE_WORDS } from './files.ts';
import { MASK_WORDS } from './masks.ts';
import { GATE_WORDS } from './gates.ts';
import { RESOLVE_WORDS } from './resolve.ts';
import { SCREEN_WORDS } from './screen.ts';
import { SESSION_WORDS } from './session.ts';

export const WORDS = {
  product: 'Chaperone',
  console: 'Technician console',
  demo: 'Demonstration – nothing here is real. Demo only:',
  /** By the ids of `about.demoParts`. */
  demoParts: {
    directory: 'made-up directory',
    antivirus: 'no virus scanner',
    'second-factor': 'no second factor',
    'workstation-certificate': 'no workstation certificate',
    posture: 'no check of workstations’ updates',
  } as Record<string, string>,
  offline: 'The service centre cannot be reached. Trying again …',
  loading: 'Loading …',
  skip: 'Skip to content',
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  notFound: 'There is nothing at this address.',
  pageBroke: 'This page cannot be shown',
  pageBrokeLead:
    'Something in it cannot be read. Nothing was changed. The other pages work; please tell who runs the service centre.',
  toStart: 'Back to the first page',
  searchShortcut: '/',
  signOut: 'Sign out',
  roles: {
    technician: 'technician',
    lead: 'lead',
    administrator: 'administrator',
    'field-engineer': 'field engineer',
    auditor: 'auditor',
  } as Record<string, string>,
  connected: 'Connected',
  notConnected: 'Not connected',
  shortcuts: {
    title: 'Keyboard shortcuts',
    open: 'Shortcuts',
    everywhere: [
      ['/', 'Search'],
      ['Esc', 'Close a dialog or details, clear the search'],
      ['g m', 'My account'],
      ['?', 'This list'],
    ],
    cases: [
      ['g c', 'Cases'],
      ['n', 'New case'],
      ['g s', 'Session of this case'],
      ['g f', 'Files'],
      ['g r', 'Records'],
      ['g n', 'Notes'],
      ['g t', 'Timeline'],
      ['Shift Esc', 'Give the keyboard back to the console'],
      ...SCREEN_WORDS.shortcuts,
    ],
    lists: [
      ['j k', 'Next and previous row; the arrow keys do the same'],
      ['Enter', 'Details of the row'],
      ['[ ]', 'Previous and next page'],
    ],
  },

  ...GATE_WORDS,
  ...CASE_WORDS,
  ...SESSION_WORDS,
  ...FILE_WORDS,
  ...RESOLVE_WORDS,
  ...MASK_WORDS,
} as const;
