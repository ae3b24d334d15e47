/** Encoded images kept for the next time that the cine comes round. */

/** Images kept: the ten frames of the sample, and some of the setting before. */
const IMAGES_MAX = 16;

export class EncodedImages {
  readonly #images = new Map<string, Promise<Buffer>>();

  /** Returns the image kept under this name, or makes and keeps it. */
  get(name: string, encode: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#images.get(name);
    if (kept !== undefined) return kept;
    const made = encode();
    this.#images.set(name, made);
    for (const oldest of this.#images.keys()) {
      if (this.#images.size <= IMAGES_MAX) break;
      this.#images.delete(oldest);
    }
    return made;
  }
}
