/**
 * The indicator on an X display: drawn by the agent, above everything else, and looked at ten times a second.
 *
 * What the display's server tells makes it come back at once; whether it is really to be seen is told by the display's own
 * pixels, and by nothing else in the overlay above it. A server that does not answer shows nothing that anybody could
 * vouch for. A connection lives from `show` to `hide`.
 */
import { isDeepStrictEqual } from 'node:util';
import { openOverlay, X11OverlayUnavailable } from '../../device/x11-overlay/x11-overlay.ts';
import type { Overlay, OverlayOptions, OverlaySize } from '../../device/x11-overlay/x11-overlay.ts';
import type { Log } from '../../platform/log.ts';
import { INDICATOR_TARGETS } from '../indicator-contract.ts';
import type {
  Indicated,
  Indicator,
  IndicatorRegion,
  IndicatorReport,
} from '../indicator-contract.ts';
import { BannerCanvas, groundOf } from './draw-banner.ts';
import { isIn, layOut } from './layout.ts';
import type { IndicatorLayout } from './layout.ts';
import { looksAsPainted } from './look.ts';

/** Between two looks at the display. */
const LOOK_EVERY_MS = 100;
/** While a look takes longer than this, nobody can tell what is to be seen. */
const LOOK_LATE_MS = 300;
/** Between two raises: a program that fights for the top must not keep the agent from its work. */
const RAISE_EVERY_MS = 10;

/** A mouse that is moved tells of itself a thousand times a second. */
const USED_TOLD_EVERY_MS = 100;

const SAMPLE: Indicated = {
  ...{
    technicianName: '',
    activities: ['view'],
    isRecorded: false,
    paused: false,
    interlocked: false,
  },
  ...{ sinceMonotonicMs: null, language: 'en' },
};

export interface X11IndicatorOptions extends OverlayOptions {
  readonly monotonicMs: () => number;
  readonly log: Log;
}

export class X11Indicator implements Indicator {
  readonly kind = 'x11';
  readonly reason = null;
  readonly #options: X11IndicatorOptions;
  #tell: (report: IndicatorReport) => void = () => undefined;
  #indicated: Indicated | null = null;
  /** Null while it is not to be shown. */
  #showing: Showing | null = null;

  constructor(options: X11IndicatorOptions) {
    this.#options = options;
    // Typefaces take a while to be read, and nobody should wait for them who has just let somebody in.
    new BannerCanvas(layOut(640, 480)).draw(SAMPLE, 0);
  }

  onReport(listener: (report: IndicatorReport) => void): void {
    this.#tell = listener;
  }

  show(indicated: Indicated): void {
    if (this.#showing !== null && isDeepStrictEqual(indicated, this.#indicated)) return;
    this.#indicated = indicated;
    if (this.#showing === null) void this.#open();
    else this.#showing.change(indicated);
  }

  hide(): void {
    this.#showing?.close();
    this.#showing = null;
  }

  regions(): readonly IndicatorRegion[] {
    return this.#showing?.regions() ?? [];
  }

  async #open(): Promise<void> {
    const showing = new Showing(this.#options.monotonicMs, (report) => {
      if (this.#showing !== showing) return;
      if (report.type === 'lost') this.hide();
      this.#tell(report);
    });
    this.#showing = showing;
    try {
      const overlay = await openOverlay(this.#options, showing);
      const indicated = this.#indicated;
      if (this.#showing !== showing || indicated === null) overlay.close();
      else showing.begin(overlay, indicated);
    } catch (fault) {
      if (!(fault instanceof X11OverlayUnavailable)) throw fault;
      this.#options.log.warn({ fault }, 'the indicator cannot be shown on the display');
      if (this.#showing !== showing) return;
      this.hide();
      this.#tell({ type: 'lost', loss: 'display-unavailable' });
    }
  }
}

/** One connection's life. */
class Showing {
  readonly #monotonicMs: () => number;
  readonly #report: (report: IndicatorReport) => void;
  #overlay: Overlay | null = null;
  #layout: IndicatorLayout = layOut(1, 1);
  #banner: BannerCanvas | null = null;
  #indicated: Indicated | null = null;
  #painted = new Uint32Array(0);
  #ground = -1;
  #saidSeconds = -1;
  #timer: NodeJS.Timeout | null = null;
  #raisedMs = Number.NEGATIVE_INFINITY;
  #raising: NodeJS.Timeout | null = null;
  #usedMs = Number.NEGATIVE_INFINITY;
  /** When the look that is under way began. */
  #lookingSinceMs: number | null = null;
  #looks = 0;

  constructor(monotonicMs: () => number, report: (report: IndicatorReport) => void) {
    this.#monotonicMs = monotonicMs;
    this.#report = report;
  }

  begin(overlay: Overlay, indicated: Indicated): void {
    this.#overlay = overlay;
    this.#indicated = indicated;
    this.onResized(overlay.size);
    this.#timer = setInterval(() => this.#tick(), LOOK_EVERY_MS);
    this.#tick();
  }

  change(indicated: Indicated): void {
    this.#indicated = indicated;
    this.#saidSeconds = -1;
    this.#draw();
  }

  regions(): readonly IndicatorRegion[] {
    return this.#overlay === null ? [] : [this.#layout.banner, ...this.#layout.border];
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#raising !== null) clearTimeout(this.#raising);
    this.#timer = null;
    this.#raising = null;
    this.#overlay?.close();
    this.#overlay = null;
  }

  // What the overlay tells.

  readonly onDisturbed = (): void => {
    if (this.#overlay === null || this.#raising !== null) return;
    const sinceMs = this.#monotonicMs() - this.#raisedMs;
    const raise = (): void => {
      this.#raising = null;
      this.#raisedMs = this.#monotonicMs();
      this.#overlay?.raise();
    };
    if (sinceMs >= RAISE_EVERY_MS) raise();
    else this.#raising = setTimeout(raise, RAISE_EVERY_MS - sinceMs);
  };

  readonly onExposed = (): void => this.#paintAll();

  readonly onResized = ({ width, height }: OverlaySize): void => {
    this.#layout = layOut(width, height);
    this.#banner = new BannerCanvas(this.#layout);
    const { banner, border } = this.#layout;
    this.#overlay?.place({ width, height }, [banner, ...border], banner);
    this.#painted = new Uint32Array(banner.width * banner.height);
    this.#ground = -1;
    this.#saidSeconds = -1;
    this.#draw();
  };

  readonly onTouched = (x: number, y: number): void => {
    if (this.#overlay === null) return;
    const target = INDICATOR_TARGETS.find((each) => isIn(this.#layout[each], x, y));
    if (target !== undefined) this.#report({ type: 'touched', target });
  };

  readonly onUsed = (): void => {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#usedMs < USED_TOLD_EVERY_MS) return;
    this.#usedMs = nowMs;
    this.#report({ type: 'used' });
  };

  readonly onLost = (loss: 'display-lost' | 'window-destroyed'): void =>
    this.#report({ type: 'lost', loss });

  // What is on the display.

  #tick(): void {
    this.#draw();
    if (this.#lookingSinceMs !== null) {
      if (this.#monotonicMs() - this.#lookingSinceMs >= LOOK_LATE_MS) {
        this.#report({ type: 'covered' });
      }
      return;
    }
    void this.#look();
  }

  async #look(): Promise<void> {
    const overlay = this.#overlay;
    if (overlay === null) return;
    this.#lookingSinceMs = this.#monotonicMs();
    this.#looks += 1;
    const isSeen = await looksAsPainted(overlay, this.#looks, {
      layout: this.#layout,
      banner: this.#painted,
      ground: this.#ground,
    });
    this.#lookingSinceMs = null;
    if (this.#overlay !== overlay) return;
    if (isSeen) {
      this.#report({ type: 'seen' });
      return;
    }
    this.#report({ type: 'covered' });
    this.onDisturbed();
    this.#paintAll();
  }

  #draw(): void {
    const indicated = this.#indicated;
    if (this.#overlay === null || indicated === null || this.#banner === null) return;
    const { sinceMonotonicMs } = indicated;
    const seconds =
      sinceMonotonicMs === null ? 0 : Math.floor((this.#monotonicMs() - sinceMonotonicMs) / 1000);
    if (seconds === this.#saidSeconds) return;
    this.#saidSeconds = seconds;
    const drawn = this.#banner.draw(indicated, seconds);
    const ground = groundOf(indicated);
    if (ground === this.#ground) {
      this.#paintChange(drawn);
      return;
    }
    this.#ground = ground;
    this.#painted = drawn.slice();
    this.#paintAll();
  }

  /** Paints the smallest rectangle that holds what is new: the technician's line carries it, too. */
  #paintChange(drawn: Uint32Array): void {
    const { width, height } = this.#layout.banner;
    let [left, right, top, bottom] = [width, -1, height, -1];
    for (let at = 0; at < drawn.length; at += 1) {
      if (drawn[at] === this.#painted[at]) continue;
      const x = at % width;
      left = Math.min(left, x);
      right = Math.max(right, x);
      bottom = Math.floor(at / width);
      top = Math.min(top, bottom);
    }
    if (right < 0) return;
    this.#painted = drawn.slice();
    const area = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    const pixels = new Uint32Array(area.width * area.height);
    for (let row = 0; row < area.height; row += 1) {
      const from = (top + row) * width + left;
      pixels.set(drawn.subarray(from, from + area.width), row * area.width);
    }
    this.#overlay?.paint(area, pixels);
  }

  #paintAll(): void {
    if (this.#overlay === null || this.#ground < 0) return;
    this.#overlay.paint(this.#layout.banner, this.#painted);
    for (const side of this.#layout.border) {
      this.#overlay.paint(side, new Uint32Array(side.width * side.height).fill(this.#ground));
    }
  }
}
