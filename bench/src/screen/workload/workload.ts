/**
 * Draws the workload, a step at a time, into a picture of its own: an ultrasound machine in use.
 *
 * It knows neither a display nor a clock, and draws the same whenever the same plan is given: the player shows it, and whoever
 * judges what a viewer got draws it again.
 */
import { Canvas } from '@chaperone/cart/platform/drawing/canvas.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { CineFilm, WHOLE_DEPTH_CM } from './cine.ts';
import type { Kind } from './cine.ts';
import { drawClock, drawDialog, drawMachine, drawMenu, drawTrace, fieldOf } from './draw.ts';
import { CINE, CLOCK, DIALOG, FRAMES_PER_SECOND, MENU, SCREEN } from './layout.ts';
import type { Scene } from './plan.ts';

/** Steps between two rows of a menu. */
const MENU_STEPS = 10;
/** Steps between two letters: eight a second. */
const LETTER_STEPS = 3;
/** Steps between two depths. */
const ZOOM_STEPS = 10;
const DEPTHS_CM = [18, 16, 14, 12, 10] as const;

export class Workload {
  readonly canvas: Canvas;
  readonly film: CineFilm;
  readonly #plan: readonly Scene[];
  #damage: Rectangle[] = [];
  #saved: Uint32Array | null = null;
  #frozen: { readonly kind: Kind; readonly step: number } = { kind: 'grey', step: 0 };

  constructor(plan: readonly Scene[], film = new CineFilm()) {
    this.#plan = plan;
    this.film = film;
    this.canvas = new Canvas(SCREEN.width, SCREEN.height, (area) => this.#damage.push(area));
    drawMachine(this.canvas);
  }

  /** Draws one step; steps come one after the other. @returns where the picture has changed */
  step(step: number): readonly Rectangle[] {
    this.#damage = [];
    const scene = this.#plan.find(({ first, steps }) => step >= first && step < first + steps);
    if (scene !== undefined) this.#draw(scene, step);
    return this.#damage;
  }

  #draw(scene: Scene, step: number): void {
    const at = step - scene.first;
    const active = (scene.stillFrom ?? Infinity) - scene.first;
    switch (scene.name) {
      case 'grey':
      case 'colour':
        this.#play(scene.name, step);
        return;
      case 'menus':
        this.#menus(at, active);
        return;
      case 'typing':
        this.#typing(at, active);
        return;
      case 'zoom':
        this.#zoom(at, active);
        return;
      case 'freeze':
      case 'still':
    }
  }

  #play(kind: Kind, step: number): void {
    this.#put(CINE, this.film.frame(kind, step));
    this.#frozen = { kind, step };
    this.canvas.damage(drawTrace(this.canvas, step));
    if (step % FRAMES_PER_SECOND !== 0) return;
    drawClock(this.canvas, step / FRAMES_PER_SECOND);
    this.canvas.damage(CLOCK);
  }

  #menus(at: number, active: number): void {
    if (at === 0) this.#open(MENU);
    if (at < active && at % MENU_STEPS === 0) {
      drawMenu(this.canvas, at / MENU_STEPS);
      this.canvas.damage(MENU);
    }
    if (at === active) this.#close(MENU);
  }

  #typing(at: number, active: number): void {
    if (at === 0) {
      this.#open(DIALOG);
      drawDialog(this.canvas, 0);
      this.canvas.damage(DIALOG);
    } else if (at < active && at % LETTER_STEPS === 0) {
      drawDialog(this.canvas, at / LETTER_STEPS);
      this.canvas.damage(fieldOf(at / LETTER_STEPS));
    }
    if (at === active) this.#close(DIALOG);
  }

  #zoom(at: number, active: number): void {
    if (at >= active || at % ZOOM_STEPS !== 0) return;
    const depthCm = DEPTHS_CM[(at / ZOOM_STEPS) % DEPTHS_CM.length] ?? WHOLE_DEPTH_CM;
    this.#put(CINE, this.film.image(this.#frozen.kind, this.#frozen.step, depthCm));
  }

  #open(area: Rectangle): void {
    this.#saved = cropOf(this.canvas.pixels, SCREEN.width, area);
  }

  #close(area: Rectangle): void {
    if (this.#saved !== null) this.#put(area, this.#saved);
    this.#saved = null;
  }

  #put(area: Rectangle, pixels: Uint32Array): void {
    for (let row = 0; row < area.height; row += 1) {
      const line = pixels.subarray(row * area.width, (row + 1) * area.width);
      this.canvas.pixels.set(line, (area.y + row) * SCREEN.width + area.x);
    }
    this.canvas.damage(area);
  }
}

/** Cuts an area out of a picture. @param stride pixels in a row of the picture */
export function cropOf(pixels: Uint32Array, stride: number, area: Rectangle): Uint32Array {
  const crop = new Uint32Array(area.width * area.height);
  for (let row = 0; row < area.height; row += 1) {
    const at = (area.y + row) * stride + area.x;
    crop.set(pixels.subarray(at, at + area.width), row * area.width);
  }
  return crop;
}
