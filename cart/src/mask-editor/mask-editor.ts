/**
 * Draws masks for this cart on a snapshot of its own display, at the engineer page: takes the snapshot, tries a drawing on it, and
 * keeps layouts beside those that the configuration pins.
 *
 * A snapshot is not covered. It is in memory alone, and goes with the engineer page, with a session, and after a while. What is kept is judged by
 * the same rules as `chaperone cart mask add`, is in the journal by its digest before it counts, and is never changed beside
 * a session. Decision 0056.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { demandedRule, maskRule, masksFor, stricterMode } from '@chaperone/domain/mask/mask.ts';
import type { MaskMode, MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import type {
  MaskState,
  TookSnapshot,
  TriedMasks,
} from '@chaperone/protocol/panel-api/engineer-masks.ts';
import { ENGINEER_IDLE_MS } from '@chaperone/protocol/panel-api/engineer.ts';
import { writePNG } from '../platform/drawing/png.ts';
import {
  addLayout,
  admitMaskDrawing,
  joinedTemplates,
  MaskDrawingRefused,
  MaskTemplatesInvalid,
  parseMaskTemplates,
  previewMasks,
  readSiteTemplates,
  writeMaskTemplates,
  writeSiteTemplates,
} from '../screen/screen.ts';
import type { Picture } from '../screen/screen.ts';

/** Nothing can be tried or drawn without a picture, and its anchors are taken from it. */
export class SnapshotMissing extends DomainError {
  readonly code = 'SNAPSHOT_MISSING';
  constructor() {
    super('There is no snapshot of the display. Take one first.');
  }
}

/** A layout of the configuration's templates: whoever pinned them changes them. */
export class MaskLayoutInstalled extends DomainError {
  readonly code = 'MASK_LAYOUT_INSTALLED';
  constructor(layout: string) {
    super(`The layout "${layout}" is installed with the configuration. Draw under another name.`);
  }
}

export class MaskLayoutMissing extends DomainError {
  readonly code = 'MASK_LAYOUT_MISSING';
  constructor(layout: string) {
    super(`No layout "${layout}" was drawn at this cart.`);
  }
}

/** What was brought is no file of templates, or has none of this model. */
export class MaskFileRefused extends DomainError {
  readonly code = 'MASK_FILE_REFUSED';
}

/** Masks that cover nothing would be believed. */
export class MasksPassedBy extends DomainError {
  readonly code = 'MASKS_PASSED_BY';
  constructor() {
    super(
      'This cart passes its screen on as it is ("screen.encoder.mode" is "relay"), so nothing of it can be covered.',
    );
  }
}

export interface MaskEditorOptions {
  readonly dataDirectory: string;
  readonly model: string;
  readonly mode: MaskMode;
  readonly isRelayed: boolean;
  /** The configuration's templates; null: none. */
  readonly installed: () => Promise<readonly MaskTemplate[] | null>;
  readonly takePicture: (signal: AbortSignal) => Promise<Picture>;
  /** Makes a change beside no session and no other change. */
  readonly change: <T>(does: () => Promise<T>) => Promise<T>;
  /** Lets something be done beside the operator. @throws SessionUnderWay */
  readonly admitWork: () => void;
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
  /** Puts templates in force, where a cart is set up; null: there are none. */
  readonly enforce: (templates: readonly MaskTemplate[] | null) => void;
  /** The mode that the facility demands at least. */
  readonly demand: () => MaskMode;
}

export class MaskEditor {
  readonly #options: MaskEditorOptions;
  #picture: Picture | null = null;
  #forgetting: NodeJS.Timeout | null = null;
  /** Counts what forgets: a snapshot that is being taken meanwhile is not kept. */
  #forgets = 0;

  constructor(options: MaskEditorOptions) {
    this.#options = options;
  }

  async state(): Promise<MaskState> {
    const { model, mode, isRelayed, demand } = this.#options;
    const installed = await this.#options.installed();
    const { own, trouble } = await this.#own();
    const base = templateOf(installed, model);
    const joined = joinedTemplates(installed, own, model);
    const inForce = templateOf(joined, model);
    const isInstalled = (layout: string): boolean =>
      base?.layouts.some(({ name }) => name === layout) === true;
    return {
      ...{ model, mode, isRelayed, trouble, isClearInstalled: base !== null },
      rule: demandedRule(mode, demand(), trouble === null ? joined : [], model).is,
      size: inForce?.size ?? null,
      alwaysClear: [...(inForce?.clear ?? [])],
      layouts: (inForce?.layouts ?? []).map((layout) => ({
        name: layout.name,
        isOwn: !isInstalled(layout.name),
        anchors: layout.anchors.map(({ area }) => area),
        masks: layout.masks.map(({ name, area, label }) => ({
          ...{ name, area },
          ...(label !== undefined && { label }),
        })),
        clear: [...layout.clear],
      })),
    };
  }

  /**
   * Takes a picture of the display as it is then. @param afterSeconds time to bring what is meant onto it
   * @throws SessionUnderWay, ScreenSourceUnreachable, MalformedRFB
   */
  async take(afterSeconds: number, signal: AbortSignal): Promise<TookSnapshot> {
    this.forget();
    const forgets = this.#forgets;
    await delay(afterSeconds * 1000, undefined, { signal });
    this.#options.admitWork();
    const picture = await this.#options.takePicture(signal);
    if (this.#forgets !== forgets) throw new SnapshotMissing();
    this.#picture = picture;
    this.#forgetting = setTimeout(() => this.forget(), ENGINEER_IDLE_MS);
    this.#forgetting.unref();
    const { width, height } = picture;
    const { layouts } = await this.try(null);
    return { width, height, layouts };
  }

  /** Gives the snapshot as PNG. @throws SnapshotMissing */
  png(): Buffer {
    return writePNG(this.#needed());
  }

  /** Forgets the snapshot. */
  forget(): void {
    this.#forgets += 1;
    if (this.#forgetting !== null) clearTimeout(this.#forgetting);
    this.#picture = null;
  }

  /** Tells what would be covered of the snapshot. @param drawing null: as it is @throws SnapshotMissing, MaskDrawingRefused */
  async try(drawing: unknown): Promise<TriedMasks> {
    const picture = this.#needed();
    const { model } = this.#options;
    const installed = await this.#options.installed();
    const { own } = await this.#own();
    const site = drawing === null ? own : this.#drawnOn(installed, own, picture, drawing);
    const templates = joinedTemplates(installed, site, model);
    const { layouts, covered } = previewMasks(this.#shownMode, templates, model, picture);
    const rule = maskRule(this.#shownMode, templates, model);
    return {
      layouts: [...layouts],
      covered: [...covered],
      unknown: [...masksFor(rule, picture, [], [])],
    };
  }

  /**
   * Keeps a drawing as a layout of this model; it counts from the next session on.
   * @throws SnapshotMissing, MaskDrawingRefused, MaskLayoutInstalled, MasksPassedBy, MaskTemplatesInvalid, SessionUnderWay,
   *   CommissioningUnderWay
   */
  save(drawing: unknown): Promise<void> {
    return this.#changing((installed, own) =>
      this.#drawnOn(installed, own, this.#needed(), drawing),
    );
  }

  /** @throws MaskLayoutInstalled, MaskLayoutMissing, and as `save` */
  remove(layout: string): Promise<void> {
    const { model } = this.#options;
    return this.#changing((installed, own) => {
      admitOwn(installed, model, layout);
      const template = templateOf(own, model);
      const layouts = template?.layouts.filter(({ name }) => name !== layout) ?? [];
      if (template === null || layouts.length === template.layouts.length)
        throw new MaskLayoutMissing(layout);
      const rest = own.filter((each) => each !== template);
      return layouts.length === 0 ? rest : [...rest, { ...template, layouts }];
    });
  }

  /** Gives what was drawn here as a file of templates. @throws MaskTemplatesInvalid */
  async file(): Promise<string> {
    return writeMaskTemplates(await readSiteTemplates(this.#options.dataDirectory));
  }

  /** Adds the layouts of a file for this model; one of the same name is replaced. @throws MaskFileRefused, and as `save` */
  async import(text: string): Promise<void> {
    const { model } = this.#options;
    const brought = templateOf(broughtTemplates(text), model);
    if (brought === null)
      throw new MaskFileRefused(`The file has no template of the model "${model}".`);
    await this.#changing((installed, own) => {
      for (const { name } of brought.layouts) admitOwn(installed, model, name);
      const before = templateOf(own, model);
      admitSize(before ?? templateOf(installed, model), brought);
      const names = new Set(brought.layouts.map(({ name }) => name));
      const kept = before?.layouts.filter(({ name }) => !names.has(name)) ?? [];
      return [
        ...own.filter((each) => each !== before),
        { ...brought, layouts: [...kept, ...brought.layouts] },
      ];
    });
  }

  /** Where masks are off, what they would cover is shown. */
  get #shownMode(): MaskMode {
    const { mode, demand } = this.#options;
    return stricterMode(stricterMode(mode, demand()), 'configured');
  }

  #needed(): Picture {
    if (this.#picture === null) throw new SnapshotMissing();
    return this.#picture;
  }

  #drawnOn(
    installed: readonly MaskTemplate[] | null,
    own: readonly MaskTemplate[],
    picture: Picture,
    drawing: unknown,
  ): readonly MaskTemplate[] {
    const { model } = this.#options;
    const admitted = admitMaskDrawing(drawing);
    admitOwn(installed, model, admitted.layout);
    admitSize(templateOf(installed, model), { size: picture });
    return addLayout(own, model, picture, admitted);
  }

  async #own(): Promise<{
    readonly own: readonly MaskTemplate[];
    readonly trouble: string | null;
  }> {
    try {
      return { own: await readSiteTemplates(this.#options.dataDirectory), trouble: null };
    } catch (fault) {
      if (!(fault instanceof MaskTemplatesInvalid)) throw fault;
      return { own: [], trouble: fault.code };
    }
  }

  /** What was kept before and cannot be read is replaced by what is kept now. */
  async #changing(
    change: (
      installed: readonly MaskTemplate[] | null,
      own: readonly MaskTemplate[],
    ) => readonly MaskTemplate[],
  ): Promise<void> {
    const { dataDirectory, model, mode, isRelayed, record, enforce } = this.#options;
    if (isRelayed && mode !== 'off') throw new MasksPassedBy();
    await this.#options.change(async () => {
      const installed = await this.#options.installed();
      const { own } = await this.#own();
      const site = change(installed, own);
      const text = writeMaskTemplates(site);
      const joined = joinedTemplates(installed, site, model);
      // The two together are a template as well, with its limits.
      if (joined !== null) writeMaskTemplates(joined);
      const sha256 = createHash('sha256').update(text).digest('hex');
      await record([{ kind: 'masks-changed', sha256 }]);
      await writeSiteTemplates(dataDirectory, text);
      enforce(joined);
    });
  }
}

function broughtTemplates(text: string): readonly MaskTemplate[] {
  try {
    return parseMaskTemplates(text);
  } catch (cause) {
    if (!(cause instanceof MaskTemplatesInvalid)) throw cause;
    throw new MaskFileRefused(`The file cannot be used: ${cause.message}.`, { cause });
  }
}

function templateOf(templates: readonly MaskTemplate[] | null, model: string): MaskTemplate | null {
  return templates?.find((each) => each.model === model) ?? null;
}

function admitOwn(installed: readonly MaskTemplate[] | null, model: string, layout: string): void {
  const isInstalled = templateOf(installed, model)?.layouts.some(({ name }) => name === layout);
  if (isInstalled === true) throw new MaskLayoutInstalled(layout);
}

function admitSize(
  before: Pick<MaskTemplate, 'size'> | null,
  { size }: Pick<MaskTemplate, 'size'>,
): void {
  if (before === null) return;
  const { width, height } = before.size;
  if (width === size.width && height === size.height) return;
  throw new MaskDrawingRefused(
    `The template of this model is for a screen of ${width} × ${height} pixels, and this is one of ${size.width} × ${size.height}.`,
  );
}
