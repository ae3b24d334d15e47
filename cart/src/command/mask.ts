/**
 * `mask …`: makes and checks mask templates on a snapshot of the cart's own display, which stays on the cart.
 *
 * A snapshot is not covered. Its file is for the agent's account alone; whoever has drawn on it deletes it.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MASK_MODES } from '@chaperone/domain/mask/mask.ts';
import { readOwnPNG, writePNG } from '../platform/drawing/png.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import {
  addLayout,
  connectSource,
  joinedTemplates,
  parseMaskTemplates,
  pictureOf,
  previewMasks,
  readMaskDrawing,
  readMaskTemplates,
  readSiteTemplates,
  takeSnapshot,
  writeMaskTemplates,
} from '../screen/screen.ts';
import type { Picture } from '../screen/screen.ts';
import { CalledWrongly } from './call.ts';
import type { Call, Command } from './call.ts';
import { FileUnwritable, readInput, writeOutput } from './input.ts';

const DRAWING_BYTES_MAX = 64 * 1024;
const TEMPLATES_BYTES_MAX = 1024 * 1024;
/** 8K UHD without any compression. */
const PNG_BYTES_MAX = 128 * 1024 * 1024;

/** A picture that was named is none that this program has taken. */
export class SnapshotUnreadable extends DomainError {
  readonly code = 'SNAPSHOT_UNREADABLE';
}

export const maskSnapshotCommand: Command = {
  name: 'mask snapshot',
  usage: [
    "take a picture of the cart's own display, to draw masks on; it is not covered, so it stays on the cart and is deleted afterwards:",
    '--png FILE',
  ],
  options: { png: 'text' },
  async run(call) {
    const file = call.options.needed('png');
    const picture = await snapshot(call);
    await writePicture(file, picture);
    const { width, height } = picture;
    call.output.result({ png: file, width, height }, [
      `${width} × ${height} pixels are in ${file}.`,
      'Everything on the screen is in it, patient data too: delete it when the masks are drawn.',
    ]);
  },
};

export const maskAddCommand: Command = {
  name: 'mask add',
  usage: [
    'put a layout into the mask templates, from a drawing: JSON with layout, anchors, masks, clear and alwaysClear (docs/field-guide.md):',
    '--drawing FILE --templates FILE   the templates are made when they are not there',
    '--snapshot FILE    the picture that was drawn on; without it one is taken now',
    '--preview FILE     a picture of what a technician would see of it',
  ],
  options: { drawing: 'text', templates: 'text', snapshot: 'text', preview: 'text' },
  async run(call) {
    const { options, output, configuration } = call;
    const file = options.needed('templates');
    const drawing = readMaskDrawing(
      await readInput(options.needed('drawing'), DRAWING_BYTES_MAX, 'a drawing'),
    );
    const { model } = configuration.cart;
    const picture = await pictureFor(call);
    const before = (await isThere(file)) ? await templatesIn(file) : [];
    const templates = addLayout(before, model, picture, drawing);
    const text = writeMaskTemplates(templates);
    const { layouts } = await preview(call, picture, templates);
    await writeOutput(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    output.result({ templates: file, sha256, layouts }, [
      `The layout "${drawing.layout}" of ${model} is in ${file}.`,
      ...others(layouts, drawing.layout),
      'For the configuration, once somebody has looked at the file:',
      `  "masks": {"templatesFile": "…", "templatesSha256": "${sha256}"}`,
    ]);
  },
};

export const maskCheckCommand: Command = {
  name: 'mask check',
  usage: [
    'tell which layout the mask templates recognise on the display as it is now; exit code 1 when it is none:',
    '--templates FILE   without it those in force: of the configuration, and drawn at the engineer page',
    '--snapshot FILE    a picture taken before; without it one is taken now',
    '--preview FILE     a picture of what a technician would see',
  ],
  options: { templates: 'text', snapshot: 'text', preview: 'text' },
  async run(call) {
    const { options, output, configuration } = call;
    const file = options.text('templates');
    const templates =
      file === undefined ? await templatesInForce(configuration) : await templatesIn(file);
    if (templates === null)
      throw new CalledWrongly('Give --templates: none are installed, and none were drawn here.');
    const { layouts, covered } = await preview(call, await pictureFor(call), templates);
    output.result(
      { layouts, covered },
      layouts.length === 0
        ? 'No layout is recognised: a technician would see nothing but what is always clear.'
        : `Recognised: ${layouts.join(', ')}. ${covered.length} areas are covered.`,
    );
    return layouts.length === 0 ? 1 : 0;
  },
};

async function snapshot({ configuration, signal }: Call): Promise<Picture> {
  const source = connectSource(configuration.screen);
  try {
    return await takeSnapshot(source, signal);
  } finally {
    await source.close();
  }
}

async function pictureFor(call: Call): Promise<Picture> {
  const file = call.options.text('snapshot');
  if (file === undefined) return await snapshot(call);
  const pixels = await readPNG(file);
  if (pixels === null) {
    throw new SnapshotUnreadable(
      `The file ${file} is no picture that "chaperone cart mask snapshot" has taken. Drawing programs change a picture: draw on a copy.`,
    );
  }
  return pictureOf(pixels);
}

async function readPNG(file: string): Promise<ReturnType<typeof readOwnPNG>> {
  try {
    if ((await stat(file)).size > PNG_BYTES_MAX) return null;
    return readOwnPNG(await readFile(file));
  } catch (cause) {
    throw new SnapshotUnreadable(`The file ${file} cannot be read.`, { cause });
  }
}

async function preview(
  { options, configuration }: Call,
  picture: Picture,
  templates: Parameters<typeof previewMasks>[1],
): Promise<ReturnType<typeof previewMasks>> {
  const { mode } = configuration.screen.masks;
  // Where masks are off, it shows what they would cover.
  const shownMode = mode === 'off' ? MASK_MODES[1] : mode;
  const made = previewMasks(shownMode, templates, configuration.cart.model, picture);
  const file = options.text('preview');
  if (file !== undefined) await writePicture(file, made.shown);
  return made;
}

async function writePicture(file: string, picture: Picture): Promise<void> {
  try {
    await writeWholeFile(file, writePNG(picture));
  } catch (cause) {
    throw new FileUnwritable(
      `The file ${file} cannot be written: its folder must be there and yours to write in.`,
      { cause },
    );
  }
}

async function templatesIn(file: string) {
  return parseMaskTemplates(await readInput(file, TEMPLATES_BYTES_MAX, 'mask templates'));
}

async function templatesInForce({ screen, dataDirectory, cart }: Call['configuration']) {
  const site = await readSiteTemplates(dataDirectory);
  return joinedTemplates(await readMaskTemplates(screen.masks), site, cart.model);
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Of two layouts that fit one picture, what either covers is covered: whoever draws should know. */
function others(layouts: readonly string[], name: string): readonly string[] {
  const found = layouts.filter((each) => each !== name);
  if (found.length === 0) return [];
  return [`The picture also fits ${found.join(', ')}: what any of them covers is covered.`];
}
