/** What the demo's ultrasound machine is set to, and what may be changed. Pure state. */
import { NATIVE_DEPTH_CM } from './cine-view.ts';

const DEPTHS_CM = [10, 12, 14, 16, 18, 20, 24] as const;
const GAIN_MIN_DB = 40;
const GAIN_MAX_DB = 90;
const GAIN_STEP_DB = 4;
const NATIVE_GAIN_DB = 62;
/** Characters in the annotation; more do not fit on its line. */
const ANNOTATION_MAX = 80;
/** Calipers on the image at the same time: two measurements. */
const POINTS_MAX = 4;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class Exam {
  isFrozen = false;
  isColour = true;
  isMeasuring = false;
  depthCm: number = NATIVE_DEPTH_CM;
  gainDb = NATIVE_GAIN_DB;
  annotation = '';
  message = '';
  storedImages = 0;
  points: readonly Point[] = [];

  /** How much brighter than in the sample the image is drawn. */
  get brightness(): number {
    return 2 ** ((this.gainDb - NATIVE_GAIN_DB) / 16);
  }

  changeDepth(steps: number): void {
    const index = DEPTHS_CM.findIndex((depth) => depth === this.depthCm) + steps;
    this.depthCm = DEPTHS_CM[Math.min(DEPTHS_CM.length - 1, Math.max(0, index))] ?? this.depthCm;
    this.points = [];
    this.message = `Depth ${this.depthCm} cm`;
  }

  changeGain(steps: number): void {
    const gain = this.gainDb + steps * GAIN_STEP_DB;
    this.gainDb = Math.min(GAIN_MAX_DB, Math.max(GAIN_MIN_DB, gain));
    this.message = `2D gain ${this.gainDb} dB`;
  }

  /** Where the gain stands between its ends, 0 to 1. */
  get gainShare(): number {
    return (this.gainDb - GAIN_MIN_DB) / (GAIN_MAX_DB - GAIN_MIN_DB);
  }

  toggleFreeze(): void {
    this.isFrozen = !this.isFrozen;
    this.message = this.isFrozen ? 'Image frozen' : 'Live';
  }

  setColour(isColour: boolean): void {
    this.isColour = isColour;
    this.message = isColour ? 'Colour Doppler' : '2D';
  }

  toggleMeasure(): void {
    this.isMeasuring = !this.isMeasuring;
    this.points = [];
    this.message = this.isMeasuring ? 'Touch two points of the image' : '';
  }

  addPoint(point: Point): void {
    if (!this.isMeasuring) return;
    this.points = this.points.length >= POINTS_MAX ? [point] : [...this.points, point];
  }

  store(): void {
    this.storedImages += 1;
    this.message = `Image ${this.storedImages} stored`;
  }

  clear(): void {
    this.annotation = '';
    this.points = [];
    this.message = 'Cleared';
  }

  /** Types a character, or takes one back for Backspace (X keysyms). */
  type(keysym: number): void {
    if (keysym === 0xff08) this.annotation = this.annotation.slice(0, -1);
    else if (keysym === 0xff1b) this.annotation = '';
    else if (keysym >= 0x20 && keysym <= 0xff && this.annotation.length < ANNOTATION_MAX) {
      this.annotation += String.fromCharCode(keysym);
    }
  }
}
