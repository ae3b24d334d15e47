/** An operator without a browser: the panel's own HTTP requests, with the panel's credential. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { panelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { eventually } from './eventually.ts';
import { Refused } from './technician.ts';

export class Operator {
  readonly #panelUrl: string;
  readonly #credential: string;

  constructor(panelUrl: string, credential: string) {
    this.#panelUrl = panelUrl;
    this.#credential = credential;
  }

  async view(): Promise<PanelView> {
    return panelView.parse(await this.#ask('GET', '/api/view'));
  }

  async viewWhen(what: string, wanted: (view: PanelView) => boolean): Promise<PanelView> {
    return await eventually(`the panel to show ${what}`, async () => {
      const view = await this.view();
      return wanted(view) ? view : null;
    });
  }

  press = (): Promise<unknown> => this.#ask('POST', '/api/press', {});
  decline = (): Promise<unknown> => this.#ask('POST', '/api/notice/decline', {});
  pause = (): Promise<unknown> => this.#ask('POST', '/api/pause', {});
  lift = (): Promise<unknown> => this.#ask('POST', '/api/resume', {});
  holdOff = (): Promise<unknown> => this.#ask('POST', '/api/interlock/raise', {});
  continueService = (): Promise<unknown> => this.#ask('POST', '/api/interlock/lift', {});
  end = (): Promise<unknown> => this.#ask('POST', '/api/end', {});
  dismiss = (): Promise<unknown> => this.#ask('POST', '/api/dismiss', {});

  allowUnmask(number: number, minutes: number): Promise<unknown> {
    return this.#ask('POST', '/api/unmask/allow', { number, minutes });
  }

  /** @param mask null: everything */
  coverAgain(mask: string | null): Promise<unknown> {
    return this.#ask('POST', '/api/unmask/cover', { mask });
  }

  allowWatch(number: number): Promise<unknown> {
    return this.#ask('POST', '/api/watch/allow', { number });
  }

  refuseWatch = (): Promise<unknown> => this.#ask('POST', '/api/watch/refuse', {});
  stopWatch = (): Promise<unknown> => this.#ask('POST', '/api/watch/stop', {});

  async accept(): Promise<void> {
    const { notice } = await this.viewWhen('the notice', (view) => view.notice !== null);
    await this.#ask('POST', '/api/notice/accept', { noticeVersion: notice?.version });
  }

  consent(request: string, activities: readonly Activity[]): Promise<unknown> {
    return this.#ask('POST', '/api/consent', { request, activities });
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#panelUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#credential}`,
        origin: this.#panelUrl,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const answer = text === '' ? null : (JSON.parse(text) as unknown);
    if (response.ok) return answer;
    const problem = answer as { code?: string; title?: string; detail?: string } | null;
    throw new Refused(
      response.status,
      problem?.code ?? '?',
      problem?.title ?? '?',
      problem?.detail,
    );
  }
}
