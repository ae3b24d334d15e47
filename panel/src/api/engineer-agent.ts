/**
 * The engineer page's side of the panel API: one function for each thing that a field engineer can do.
 *
 * @see docs/protocol.md section 8
 */
import './zod-without-eval.ts';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import {
  engineerState,
  entered,
  openedEngineer,
  wifiScan,
} from '@chaperone/protocol/panel-api/engineer.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  maskState,
  tookSnapshot,
  triedMasks,
} from '@chaperone/protocol/panel-api/engineer-masks.ts';
import type {
  MaskDrawing,
  MaskState,
  TookSnapshot,
  TriedMasks,
} from '@chaperone/protocol/panel-api/engineer-masks.ts';
import type { z } from 'zod';
import { ActFailed } from './act-failed.ts';
import { reach, refusal } from './agent.ts';
import { readLines } from './ndjson.ts';

/** Milliseconds. An enrolment on a network that drops packets gives up by itself before that; a scan takes some seconds. */
const ANSWER_MS = 100_000;

export type Gateway = NonNullable<EngineerState['gateway']>;
export type WiFiScan = z.infer<typeof wifiScan>;

export interface EngineerActs {
  readonly close: () => Promise<void>;
  readonly stay: () => Promise<void>;
  /** Every state as it comes, until the stream ends. */
  readonly states: (signal: AbortSignal) => AsyncGenerator<EngineerState, void, undefined>;
  /** Whether the cart is enrolled now; if not, the licence waits for the network. */
  readonly enterLicence: (licence: {
    readonly code: string;
    readonly rootFingerprint: string | null;
    readonly replace: boolean;
  }) => Promise<boolean>;
  readonly enrolWaiting: () => Promise<boolean>;
  readonly setGateway: (gateway: Gateway) => Promise<void>;
  readonly setProxy: (proxy: ProxySettings) => Promise<void>;
  /** Settles once it is being tried. @param proof what it has to show before it is kept */
  readonly applyNetwork: (
    name: string,
    profile: NetworkProfile,
    proof: ChangeProof,
  ) => Promise<void>;
  /** Settles once it is being taken back. */
  readonly withdrawNetwork: () => Promise<void>;
  readonly scan: (name: string) => Promise<WiFiScan>;
  readonly validate: (idleSeconds: number) => Promise<void>;
  readonly stopValidation: () => Promise<void>;
  readonly accept: (facility: string, acceptedBy: string) => Promise<void>;
  readonly reportPage: () => Promise<string>;
  readonly firewall: (language: Language) => Promise<string>;
  readonly masks: MaskActs;
}

export interface MaskActs {
  readonly state: () => Promise<MaskState>;
  /** Takes a picture of the display, which the agent holds. */
  readonly take: (afterSeconds: number) => Promise<TookSnapshot>;
  /** That picture, PNG. */
  readonly picture: () => Promise<Blob>;
  readonly try: (drawing: MaskDrawing) => Promise<TriedMasks>;
  readonly save: (drawing: MaskDrawing) => Promise<void>;
  readonly remove: (layout: string) => Promise<void>;
  readonly file: () => Promise<string>;
  readonly import: (text: string) => Promise<void>;
}

export interface EngineerAgent {
  /** @returns the credential; secret @throws ActFailed */
  readonly open: (pin: string) => Promise<string>;
  readonly as: (engineer: string) => EngineerActs;
}

/** @param credential the panel's own; secret */
export function engineerAgentAt(origin: string, credential: string): EngineerAgent {
  const ask = async (
    method: 'GET' | 'POST',
    route: string,
    engineer: string,
    body: object = {},
  ): Promise<Response> => {
    const response = await reach(`${origin}/api/engineer/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${credential}`,
        'chaperone-engineer': engineer,
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const read = async <S extends z.ZodType>(schema: S, response: Response): Promise<z.infer<S>> => {
    const value = schema.safeParse(await response.json().catch(() => null));
    if (value.success) return value.data;
    throw new ActFailed('VIEW_UNREADABLE', 'The agent sent something of another make.');
  };
  return {
    open: async (pin) =>
      (await read(openedEngineer, await ask('POST', 'open', '', { pin }))).credential,
    as: (engineer) => {
      const post = async (route: string, body: object = {}): Promise<void> => {
        await ask('POST', route, engineer, body);
      };
      const isEnrolled = async (route: string, body: object = {}): Promise<boolean> =>
        (await read(entered, await ask('POST', route, engineer, body))).isEnrolled;
      return {
        close: () => post('close'),
        stay: () => post('stay'),
        enterLicence: (licence) => isEnrolled('licence', licence),
        enrolWaiting: () => isEnrolled('enrol'),
        setGateway: (gateway) => post('gateway', gateway),
        setProxy: (proxy) => post('proxy', proxy),
        applyNetwork: (name, profile, proof) =>
          post('network', { interface: name, profile, proof }),
        withdrawNetwork: () => post('network/withdraw'),
        scan: async (name) =>
          read(wifiScan, await ask('POST', 'scan', engineer, { interface: name })),
        validate: (idleSeconds) => post('validate', { idleSeconds }),
        stopValidation: () => post('validate/stop'),
        accept: (facility, acceptedBy) => post('accept', { facility, acceptedBy }),
        reportPage: async () => (await ask('GET', 'report/page', engineer)).text(),
        firewall: async (language) =>
          (await ask('GET', `firewall?language=${language}`, engineer)).text(),
        masks: {
          state: async () => read(maskState, await ask('GET', 'masks', engineer)),
          take: async (afterSeconds) =>
            read(tookSnapshot, await ask('POST', 'masks/snapshot', engineer, { afterSeconds })),
          picture: async () => (await ask('GET', 'masks/picture', engineer)).blob(),
          try: async (drawing) =>
            read(triedMasks, await ask('POST', 'masks/try', engineer, { drawing })),
          save: (drawing) => post('masks/save', drawing),
          remove: (layout) => post('masks/remove', { layout }),
          file: async () => (await ask('GET', 'masks/file', engineer)).text(),
          import: (text) => post('masks/import', { text }),
        },
        async *states(signal) {
          const response = await reach(`${origin}/api/engineer/states`, {
            headers: { authorization: `Bearer ${credential}`, 'chaperone-engineer': engineer },
            signal,
          });
          if (!response.ok) throw await refusal(response);
          if (response.body === null) return;
          for await (const line of readLines(response.body)) {
            const state = engineerState.safeParse(JSON.parse(line));
            if (!state.success) {
              throw new ActFailed('VIEW_UNREADABLE', 'The agent sent a state of another make.');
            }
            yield state.data;
          }
        },
      };
    },
  };
}
