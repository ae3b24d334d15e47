/** What every page is given. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { Acts } from '../act/acts.ts';
import type { Agent } from '../api/agent.ts';

export interface PageProps {
  readonly view: PanelView;
  /** Reading of `performance.now()` at which the view came: what counts down, counts from here. */
  readonly heardMs: number;
  readonly agent: Agent;
  readonly acts: Acts;
}
