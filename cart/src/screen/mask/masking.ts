/**
 * The masks of this cart's screen: its rule, what the operator has opened, and what was recognised last.
 *
 * One for the cart; each opening of the screen has its own `ScreenCover` from it. It decides nothing of consents: who
 * opens and covers again tells it (`cart/src/unmask`). Decision 0050.
 */
import { askableMasks, covers } from '@chaperone/domain/mask/mask.ts';
import type { MaskKey, MaskRule } from '@chaperone/domain/mask/mask.ts';
import type { Picture } from '../picture/picture.ts';
import { ScreenCover } from './screen-cover.ts';
import type { CoverRule } from './screen-cover.ts';

export class Masking implements CoverRule {
  #rule: MaskRule;
  #open: readonly MaskKey[] = [];
  #layouts: readonly string[] = [];
  readonly #onRule = new Set<() => void>();
  /** Of the screens that are open, with what each has recognised; the newest, last, tells what is on view. */
  readonly #covers = new Map<ScreenCover, readonly string[]>();
  readonly #onOpen = new Set<() => void>();
  readonly #onLayouts = new Set<() => void>();

  constructor(rule: MaskRule) {
    this.#rule = rule;
  }

  get rule(): MaskRule {
    return this.#rule;
  }

  /** Puts another rule in force. No anchor of it was looked at yet, so a screen that is still open is no layout that it knows. */
  setRule(rule: MaskRule): void {
    this.#rule = rule;
    this.setOpen([]);
    for (const listener of [...this.#onRule]) listener();
  }

  /** Tells when another rule is in force. @returns what ends the telling */
  onRule(listener: () => void): () => void {
    this.#onRule.add(listener);
    return () => this.#onRule.delete(listener);
  }

  /** Whether anything can be covered. */
  get isOn(): boolean {
    return covers(this.rule);
  }

  get open(): readonly MaskKey[] {
    return this.#open;
  }

  /** Layouts that the newest picture was recognised as; none: none, or no screen is open. */
  get layouts(): readonly string[] {
    return this.#layouts;
  }

  /** What can be asked for now. */
  get askable(): readonly MaskKey[] {
    return askableMasks(this.rule, this.#layouts);
  }

  /** Says what the operator lets be seen from now on. What is not among it is covered when this returns. */
  setOpen(open: readonly MaskKey[]): void {
    this.#open = [...open];
    for (const listener of [...this.#onOpen]) listener();
  }

  /** Tells of each change of what is open, in the same turn. @returns what ends the telling */
  onOpen(listener: () => void): () => void {
    this.#onOpen.add(listener);
    return () => this.#onOpen.delete(listener);
  }

  /** Tells when another layout is recognised. */
  onLayouts(listener: () => void): () => void {
    this.#onLayouts.add(listener);
    return () => this.#onLayouts.delete(listener);
  }

  /** Begins to cover a picture; null where nothing is ever covered. */
  coverOf(picture: Picture): ScreenCover | null {
    if (!this.isOn) return null;
    const cover = new ScreenCover(this, picture);
    this.#covers.set(cover, []);
    this.#recognise();
    return cover;
  }

  /** Takes what a cover has recognised. */
  recognised(cover: ScreenCover, layouts: readonly string[]): void {
    if (!this.#covers.has(cover)) return;
    this.#covers.set(cover, layouts);
    this.#recognise();
  }

  /** The screen of a cover is closed. */
  closed(cover: ScreenCover | null): void {
    if (cover === null || !this.#covers.delete(cover)) return;
    this.#recognise();
  }

  #recognise(): void {
    const layouts = [...this.#covers.values()].at(-1) ?? [];
    if (layouts.join('\n') === this.#layouts.join('\n')) return;
    this.#layouts = layouts;
    for (const listener of [...this.#onLayouts]) listener();
  }
}
