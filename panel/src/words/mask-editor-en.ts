/** The mask editor in English. */
import type { MaskEditorWords } from './mask-editor-words.ts';

export const maskEditorEn: MaskEditorWords = {
  title: 'Patient data on the screen',
  statement:
    'What a technician never sees without a yes of the operator: drawn on a picture of this display, for each layout that it has. A screen that is not recognised is covered.',
  modes: {
    off: 'Masks are off in the configuration: what is drawn here covers nothing until they are on.',
    configured: 'Covered is what is drawn here; of a layout that is not known, everything.',
    strict: 'Everything is covered except what is marked as clear.',
  },
  relayed:
    'This cart passes its screen on as it is (“screen.encoder.mode” is “relay”), so nothing can be covered. Change the configuration first.',
  damaged:
    'The masks that were drawn here cannot be read, so all of the screen is covered. Draw or import them again.',
  otherSize:
    'This picture has another size than the layouts that there are. Set the display as it was.',
  when: 'Take the picture',
  after: (seconds) => (seconds === 0 ? 'now' : `in ${seconds} s`),
  take: 'Take a picture of this display',
  taking: 'Bring the screen that is meant to the front …',
  staysHere:
    'The picture shows everything, patient data too. It stays in this cart’s memory and is forgotten when this page is closed.',
  layouts: 'Layouts',
  noLayouts: 'No layout is drawn yet.',
  installed: 'installed with the configuration',
  counts: (covered, anchors) => `${covered} covered · recognised by ${anchors}`,
  edit: 'Edit',
  editLabel: (layout) => `Edit: ${layout}`,
  remove: 'Remove',
  removeLabel: (layout) => `Remove: ${layout}`,
  removeReally: 'Really remove',
  toFile: 'Save as a file',
  fromFile: 'Bring a file',
  picture: 'Picture of the display',
  views: { draw: 'Draw', now: 'As seen now', unknown: 'Unknown layout' },
  viewsLegend: 'What is shown',
  done: 'Done',
  layoutName: 'Name of this layout',
  draws: 'What the next region is',
  kinds: {
    mask: 'Cover',
    anchor: 'Recognise by',
    clear: 'Clear here',
    always: 'Always clear',
  },
  kindHints: {
    mask: 'Can hold patient data: nobody sees it without a yes.',
    anchor: 'Looks the same in this layout only, such as a heading. All of them have to fit.',
    clear: 'Never holds patient data in this layout. Counts in mode “strict”.',
    always: 'Never holds patient data, whatever is on the screen.',
  },
  add: 'Add one in the middle',
  keys: 'Arrow keys move a region, with Shift they size it, Ctrl takes ten pixels; Delete removes it.',
  regions: 'Regions',
  region: (kind, number) => `${kind} ${number}`,
  text: 'What it shows',
  numbers: { x: 'Left', y: 'Top', width: 'Width', height: 'Height' },
  deleteRegion: 'Delete this region',
  lacks: {
    layout: 'Give the layout a name with letters or digits.',
    anchor: 'Draw at least one area by which this layout is recognised.',
    'mask-name': 'Say of each covered region what it shows.',
    'mask-name-twice': 'Two covered regions have the same name.',
  },
  tryIt: 'Try it',
  recognised: (layouts) => `This picture is recognised as: ${layouts}.`,
  notRecognised: 'This picture is not recognised.',
  save: 'Save',
  saved: (layout) => `The layout “${layout}” is saved and counts from the next session on.`,
  refusals: {
    MASKS_PASSED_BY:
      'This cart passes its screen on as it is, so nothing of it can be covered. Change “screen.encoder.mode” first.',
    MASK_DRAWING_REFUSED:
      'The drawing cannot be used: an area to recognise by needs at least three colours in it, and there are at most 8 of them and 32 regions of a kind.',
    MASK_FILE_REFUSED: 'This is no file of masks for this model.',
    MASK_LAYOUT_INSTALLED: 'A layout of this name is installed with the configuration.',
    MASK_LAYOUT_MISSING: 'There is no such layout any more.',
    SCREEN_SOURCE_UNREACHABLE: 'The display of this cart gives no picture.',
    SNAPSHOT_MISSING: 'There is no picture of the display any more. Take one again.',
  },
};
