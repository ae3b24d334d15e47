/**
 * Which parts of a cart's screen are covered before anything of it leaves the cart.
 *
 * A template knows the screens of one model: for each layout the patches by which it is told apart (`anchors`), what is covered in it
 * (`masks`, each with a name) and what of it can hold no patient's data (`clear`). What it does not recognise is covered, all but
 * what the template says is clear in every layout: a screen of another size, a pop-up over an anchor, a list of patients. Pure:
 * recognising the layout in pixels is the cart's part. Decision 0050.
 */
import type { Language } from '../notice/notice.ts';
import type { MaskArea, ScreenSize } from './mask-area.ts';
import { outsideOf } from './mask-area.ts';

/**
 * `off`: nothing is covered. `configured`: what the template names in a layout that it knows, everything in one that it does not.
 * `strict`: in every layout everything but what the template says is clear.
 */
export const MASK_MODES = ['off', 'configured', 'strict'] as const;
export type MaskMode = (typeof MASK_MODES)[number];

/** The name of the whole screen where an operator lets all of it be seen; no mask has it. */
export const WHOLE_SCREEN = 'whole-screen';
/** Names of layouts and masks: they are shown, written into journals, and sent. */
export const MASK_NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export interface MaskAnchor {
  readonly area: MaskArea;
  /** SHA-256 of its pixels, three bytes each, row by row; any of them fits. */
  readonly sha256: readonly string[];
}

export interface Mask {
  readonly name: string;
  /** What the operator reads in place of the name, by language. */
  readonly label?: Readonly<Partial<Record<Language, string | undefined>>> | undefined;
  readonly area: MaskArea;
}

export interface MaskLayout {
  readonly name: string;
  /** All of them have to fit. */
  readonly anchors: readonly MaskAnchor[];
  readonly masks: readonly Mask[];
  /** What can hold no patient's data in this layout; only `strict` asks for it. */
  readonly clear: readonly MaskArea[];
}

export interface MaskTemplate {
  readonly model: string;
  readonly size: ScreenSize;
  /** What can hold no patient's data whatever is on the screen. */
  readonly clear: readonly MaskArea[];
  readonly layouts: readonly MaskLayout[];
}

/** `nothing`: no templates were given, and nothing is covered. `unknown-model`: they do not know this cart's, and all is. */
export type MaskRule =
  | { readonly is: 'off' | 'nothing' | 'unknown-model' }
  | {
      readonly is: 'template';
      readonly mode: 'configured' | 'strict';
      readonly template: MaskTemplate;
    };

/** Finds the rule of a cart. @param templates null: none were given */
export function maskRule(
  mode: MaskMode,
  templates: readonly MaskTemplate[] | null,
  model: string,
): MaskRule {
  if (mode === 'off') return { is: 'off' };
  if (templates === null) return { is: mode === 'strict' ? 'unknown-model' : 'nothing' };
  const template = templates.find((each) => each.model === model);
  return template === undefined ? { is: 'unknown-model' } : { is: 'template', mode, template };
}

/** Gives the one of two modes that covers more. */
export function stricterMode(one: MaskMode, other: MaskMode): MaskMode {
  return MASK_MODES.indexOf(one) < MASK_MODES.indexOf(other) ? other : one;
}

/**
 * Finds the rule of a cart whose facility demands a mode at least: never less than either says.
 * @param templates null: none were given. Who demands masks counts on them, so that all is covered then
 */
export function demandedRule(
  mode: MaskMode,
  atLeast: MaskMode,
  templates: readonly MaskTemplate[] | null,
  model: string,
): MaskRule {
  if (atLeast === 'off') return maskRule(mode, templates, model);
  return maskRule(stricterMode(mode, atLeast), templates ?? [], model);
}

/** Tells whether a rule can cover anything, so that nothing may pass by it. */
export function covers(rule: MaskRule): boolean {
  return rule.is === 'unknown-model' || rule.is === 'template';
}

/** What an operator lets be seen: a mask of a layout, or the whole screen. */
export interface MaskKey {
  /** Null of the whole screen. */
  readonly layout: string | null;
  readonly mask: string;
}

export function isSameMask(one: MaskKey, other: MaskKey): boolean {
  return one.layout === other.layout && one.mask === other.mask;
}

/**
 * Gives what is covered now. Areas may overlap.
 *
 * @param layouts names of the layouts that are recognised; none: unknown. What one of several covers is covered
 * @param open what the operator lets be seen
 */
export function masksFor(
  rule: MaskRule,
  size: ScreenSize,
  layouts: readonly string[],
  open: readonly MaskKey[],
): readonly MaskArea[] {
  if (!covers(rule)) return [];
  if (open.some(({ layout, mask }) => layout === null && mask === WHOLE_SCREEN)) return [];
  if (rule.is !== 'template') return outsideOf(size, []);
  const { template } = rule;
  if (template.size.width !== size.width || template.size.height !== size.height)
    return outsideOf(size, []);
  const known = template.layouts.filter(({ name }) => layouts.includes(name));
  if (known.length === 0) return outsideOf(size, template.clear);
  return known.flatMap((layout) => {
    const isOpen = ({ name }: Mask): boolean =>
      open.some((key) => isSameMask(key, { layout: layout.name, mask: name }));
    const covered = layout.masks.filter((mask) => !isOpen(mask)).map(({ area }) => area);
    if (rule.mode === 'configured') return covered;
    const opened = layout.masks.filter(isOpen).map(({ area }) => area);
    // A mask that stays covered is covered also where something clear, or another mask, lies over it.
    return [...outsideOf(size, [...template.clear, ...layout.clear, ...opened]), ...covered];
  });
}

/** Names what can be asked for on a screen as it is now. */
export function askableMasks(rule: MaskRule, layouts: readonly string[]): readonly MaskKey[] {
  if (!covers(rule)) return [];
  const whole: MaskKey = { layout: null, mask: WHOLE_SCREEN };
  if (rule.is !== 'template') return [whole];
  const named = rule.template.layouts
    .filter(({ name }) => layouts.includes(name))
    .flatMap((layout) => layout.masks.map(({ name }) => ({ layout: layout.name, mask: name })));
  return [...named, whole];
}

/** What the operator reads of a mask; null: only its name is known. */
export function labelOf(rule: MaskRule, key: MaskKey): Mask['label'] | null {
  if (rule.is !== 'template') return null;
  const layout = rule.template.layouts.find(({ name }) => name === key.layout);
  return layout?.masks.find(({ name }) => name === key.mask)?.label ?? null;
}
