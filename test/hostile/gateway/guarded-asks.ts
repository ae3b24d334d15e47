/** Everything of the cart API that needs a grant, asked as an honest desk would ask it. */
import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Answer, DeskConnection } from '@chaperone/cart/platform/testing/scripted-desk.ts';

export interface GuardedAsk {
  /** As the journal calls it. */
  readonly operation: string;
  /** What has to be granted for it; the directories are told under either right over files. */
  readonly activity: Activity | 'either';
  readonly ask: (on: DeskConnection, headers: Readonly<Record<string, string>>) => Promise<Answer>;
}

const BYTES = Buffer.from('a file of the gateway');

/** Announces a file that would be sent. */
export function announcement(change: object = {}): object {
  const sha256 = createHash('sha256').update(BYTES).digest('base64');
  const transfer = newId('transfer', randomBytes);
  return { transfer, name: 'sent.bin', bytes: BYTES.length, sha256, ...change };
}

export const GUARDED_ASKS: readonly GuardedAsk[] = [
  {
    operation: 'CONNECT screen',
    activity: 'view',
    ask: (on, headers) => on.ask('CONNECT', 'screen', { headers }),
  },
  {
    operation: 'GET directories',
    activity: 'either',
    ask: (on, headers) => on.ask('GET', '/v1/directories', { headers }),
  },
  {
    operation: 'GET files',
    activity: 'fetch-files',
    ask: (on, headers) => on.ask('GET', '/v1/files/images?path=', { headers }),
  },
  {
    operation: 'GET content',
    activity: 'fetch-files',
    ask: (on, headers) => on.ask('GET', '/v1/content/images?path=image.bin', { headers }),
  },
  {
    operation: 'POST inbox',
    activity: 'send-files',
    ask: (on, headers) => on.ask('POST', '/v1/inbox', { headers, body: announcement() }),
  },
  {
    operation: 'GET inbox',
    activity: 'send-files',
    ask: (on, headers) => on.ask('GET', `/v1/inbox/${newId('transfer', randomBytes)}`, { headers }),
  },
  {
    operation: 'PATCH inbox',
    activity: 'send-files',
    ask: (on, headers) =>
      on.ask('PATCH', `/v1/inbox/${newId('transfer', randomBytes)}`, {
        headers: { ...headers, 'upload-offset': '0' },
        body: BYTES,
      }),
  },
  {
    operation: 'DELETE deidentification',
    activity: 'fetch-files',
    ask: (on, headers) =>
      on.ask('DELETE', `/v1/deidentification/${newId('transfer', randomBytes)}`, { headers }),
  },
  {
    operation: 'DELETE inbox',
    activity: 'send-files',
    ask: (on, headers) =>
      on.ask('DELETE', `/v1/inbox/${newId('transfer', randomBytes)}`, { headers }),
  },
];
