/** A session that answers to touches, for walking through the panel by hand. Development only. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { FIXTURES, IDLE_VIEW, inSession } from './fixtures.ts';
import type { Act, PreviewServer } from './preview-server.ts';

/** Milliseconds that each step of the service centre takes in the play. */
const STEP_MS = 2500;

/** Lets the stand-in answer as an agent with a friendly service centre would. */
export function letWalk(server: PreviewServer): void {
  let view = IDLE_VIEW;
  let timers: NodeJS.Timeout[] = [];
  const show = (next: PanelView): void => {
    view = next;
    server.show(next);
  };
  const later = (steps: number, name: string): void => {
    timers.push(setTimeout(() => show(FIXTURES[name] ?? IDLE_VIEW), steps * STEP_MS));
  };
  const end = (reason: EndReason): void => show(FIXTURES[`ended-${reason}`] ?? IDLE_VIEW);

  server.onAct(({ path, body }: Act) => {
    timers.forEach(clearTimeout);
    timers = [];
    const { session } = view;
    switch (path) {
      case 'press':
        show(FIXTURES['notice'] ?? IDLE_VIEW);
        break;
      case 'notice/decline':
        end('notice-declined');
        break;
      case 'notice/accept':
        show(FIXTURES['dialling'] ?? IDLE_VIEW);
        later(1, 'waiting-no-case');
        later(2, 'waiting-no-request');
        later(3, 'consent-one');
        break;
      case 'consent': {
        const { activities } = body as { readonly activities: Activity[] };
        show(inSession({ activities }));
        break;
      }
      case 'withdraw': {
        const { activity } = body as { readonly activity: Activity };
        const left = (session?.activities ?? []).filter(
          (each) => each !== activity && !(activity === 'view' && each === 'control'),
        );
        if (left.length === 0) end('consent-withdrawn');
        else show(inSession({ ...session, activities: left }));
        break;
      }
      case 'pause':
      case 'resume':
        show(inSession({ ...session, paused: path === 'pause' }));
        break;
      case 'end':
        end('operator-ended');
        break;
      default:
        show(IDLE_VIEW);
    }
  });
}
