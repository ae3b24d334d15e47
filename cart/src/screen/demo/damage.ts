/** Areas that have changed, kept few by joining those that touch. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';

/** Areas kept apart; beyond that all become one. */
const AREAS_MAX = 16;

export class Damage {
  #areas: Rectangle[] = [];

  get isEmpty(): boolean {
    return this.#areas.length === 0;
  }

  /** Adds an area. */
  add(area: Rectangle): void {
    let joined = area;
    for (let index = 0; index < this.#areas.length;) {
      const other = this.#areas[index];
      if (other !== undefined && overlaps(other, joined)) {
        joined = union(other, joined);
        this.#areas.splice(index, 1);
        // The joined area may reach others that were passed already.
        index = 0;
      } else {
        index += 1;
      }
    }
    this.#areas.push(joined);
    if (this.#areas.length > AREAS_MAX) this.#areas = [this.#areas.reduce(union)];
  }

  /** Takes all areas out. */
  take(): Rectangle[] {
    const areas = this.#areas;
    this.#areas = [];
    return areas;
  }
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function union(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}
