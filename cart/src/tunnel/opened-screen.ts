import type { Screen } from '../screen/screen.ts';

/** A screen that a technician sees at the moment. */
export interface OpenedScreen {
  readonly screen: Screen;
  stop(): void;
}
