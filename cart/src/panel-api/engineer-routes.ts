/**
 * The engineer's routes of the panel API (protocol/src/panel-api/engineer.ts): behind the panel's own gate, and behind the PIN.
 *
 * They only carry: what may be done when is commissioning's. While a session is under way there is no credential, so whatever
 * a technician's input might reach ends here.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  acceptCart,
  applyNetwork,
  enterLicence,
  inLanguage,
  openEngineer,
  proxySettings,
  setGateway,
  startValidation,
} from '@chaperone/protocol/panel-api/engineer.ts';
import { empty } from '@chaperone/protocol/panel-api/schema.ts';
import { z } from 'zod';
import { acceptedOf } from '../commissioning/commissioning.ts';
import type { Commissioning } from '../commissioning/commissioning.ts';
import type { EngineerAccess } from '../engineer/engineer.ts';
import type { MaskEditor } from '../mask-editor/mask-editor.ts';
import type { Log } from '../platform/log.ts';
import { RequestMalformed, shapeDetail } from '../platform/problem.ts';
import { addMaskRoutes } from './mask-routes.ts';
import { PanelBusy } from './panel-refused.ts';

export const ENGINEER_HEADER = 'chaperone-engineer';

/** A PAC address with credentials is the longest of the others. */
const BODY_BYTES_MAX = 8192;
/** A profile with CA certificates of 64 KiB, and what JSON adds to it. */
const PROFILE_BYTES_MAX = 160 * 1024;
const STATES_MAX = 2;
/** The network changes without telling; NetworkManager is asked this often while somebody looks. */
const LOOK_EVERY_MS = 2000;
/** An enrolment on a bad network gives up by itself; this is beyond that. */
const ENROL_MS = 90_000;
const UNREAD_BYTES_MAX = 512 * 1024;

export interface EngineerRoutesOptions {
  readonly engineer: EngineerAccess;
  readonly commissioning: Commissioning;
  readonly masks: MaskEditor;
  readonly log: Log;
}

/** Adds the routes. @returns what ends the streams */
export function addEngineerRoutes(
  app: FastifyInstance,
  options: EngineerRoutesOptions,
  headers: Readonly<Record<string, string>>,
): () => void {
  const { engineer, commissioning, log } = options;
  const act = <S extends z.ZodType>(
    name: string,
    schema: S,
    does: (body: z.infer<S>) => unknown,
    { bodyLimit = BODY_BYTES_MAX, status = 204 } = {},
  ): void => {
    app.post(`/api/engineer/${name}`, { bodyLimit }, async (request, reply) => {
      if (name !== 'open') engineer.admit(request.headers[ENGINEER_HEADER]);
      const body = schema.safeParse(request.body);
      if (!body.success) throw new RequestMalformed(shapeDetail(body.error.issues));
      const answer = await does(body.data);
      return answer === undefined ? reply.code(status).send() : reply.send(answer);
    });
  };
  /** What goes on after the answer: how it ends is in the state. */
  const goOn = (work: Promise<unknown>): void => {
    const timer = setInterval(() => engineer.stay(), LOOK_EVERY_MS);
    void work
      .catch((fault: unknown) => {
        if (!(fault instanceof DomainError)) log.error({ fault }, 'commissioning failed');
      })
      .finally(() => clearInterval(timer));
  };
  act('open', openEngineer, async ({ pin }) => {
    commissioning.admitWork();
    const credential = await engineer.open(pin);
    // While the PIN was looked at, the button may have been pressed.
    try {
      commissioning.admitWork();
    } catch (refusal) {
      engineer.close();
      throw refusal;
    }
    return { credential };
  });
  act('close', empty, () => engineer.close());
  act('stay', empty, () => undefined);
  act('licence', enterLicence, async (entered) => ({
    isEnrolled: await commissioning.enterLicence(entered, AbortSignal.timeout(ENROL_MS)),
  }));
  act('enrol', empty, async () => ({
    isEnrolled: await commissioning.enrolWaiting(AbortSignal.timeout(ENROL_MS)),
  }));
  act('gateway', setGateway, (gateway) => commissioning.setGateway(gateway));
  act('proxy', proxySettings, (proxy) => commissioning.setProxy(proxy));
  act(
    'network',
    applyNetwork,
    async ({ interface: name, profile, proof }) => {
      // What is refused before anything is tried is said at once, beside its field.
      await new Promise<void>((resolve, reject) => {
        const work = commissioning.applyNetwork(name, profile, proof, resolve);
        work.then(resolve, reject);
        goOn(work);
      });
    },
    { bodyLimit: PROFILE_BYTES_MAX, status: 202 },
  );
  act(
    'network/withdraw',
    empty,
    () => {
      goOn(commissioning.withdrawNetwork());
    },
    { status: 202 },
  );
  act('scan', z.strictObject({ interface: z.string().max(15) }), ({ interface: name }) =>
    commissioning.scan(name),
  );
  act(
    'validate',
    startValidation,
    ({ idleSeconds }) => {
      commissioning.admitValidation();
      goOn(commissioning.validate(idleSeconds));
    },
    { status: 202 },
  );
  act('validate/stop', empty, () => commissioning.stopValidation());
  act('accept', acceptCart, async ({ facility, acceptedBy }) =>
    acceptedOf(await commissioning.accept(facility, acceptedBy)),
  );
  addMaskRoutes(app, act, options.masks, (sent) => engineer.admit(sent), ENGINEER_HEADER);
  app.get('/api/engineer/report', async (request) => {
    engineer.admit(request.headers[ENGINEER_HEADER]);
    return commissioning.report();
  });
  app.get('/api/engineer/report/page', async (request, reply) => {
    engineer.admit(request.headers[ENGINEER_HEADER]);
    return reply.type('text/html; charset=utf-8').send(await commissioning.reportPage());
  });
  app.get('/api/engineer/firewall', async (request, reply) => {
    engineer.admit(request.headers[ENGINEER_HEADER]);
    const { language } = inLanguage.parse(request.query);
    return reply.type('text/plain; charset=utf-8').send(await commissioning.firewall(language));
  });

  const streams = new Set<() => void>();
  app.get('/api/engineer/states', async (request, reply) => {
    const credential = request.headers[ENGINEER_HEADER];
    engineer.admit(credential);
    if (streams.size >= STATES_MAX) throw new PanelBusy('Too many engineer pages are open.');
    reply.hijack();
    for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
    const isOpen = (): boolean => engineer.isOpenTo(credential);
    const end = streamStates(reply.raw, { ...options, isOpen });
    streams.add(end);
    reply.raw.once('close', () => streams.delete(end));
  });
  return () => {
    for (const end of streams) end();
  };
}

/** Tells the state at each change and every other second, until the page is closed, opened anew by somebody, or goes away. */
function streamStates(
  response: ServerResponse,
  {
    commissioning,
    engineer,
    log,
    isOpen,
  }: EngineerRoutesOptions & { readonly isOpen: () => boolean },
): () => void {
  let isTelling = false;
  let isStale = false;
  const tell = async (): Promise<void> => {
    isStale = true;
    if (isTelling) return;
    isTelling = true;
    try {
      while (isStale && !response.destroyed && !response.writableEnded) {
        isStale = false;
        const state = isOpen() ? await commissioning.state() : null;
        // Looking takes its time, in which the credential may have died and another one be there.
        if (state === null || !isOpen()) response.end();
        else if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
        else response.write(`${JSON.stringify(state)}\n`);
      }
    } catch (fault) {
      log.error({ fault }, 'the state of commissioning cannot be told');
      response.destroy();
    } finally {
      isTelling = false;
    }
  };
  const look = (): void => void tell();
  const timer = setInterval(look, LOOK_EVERY_MS);
  const stops = [commissioning.onChange(look), engineer.onClose(look)];
  const end = (): void => {
    clearInterval(timer);
    for (const stop of stops) stop();
    response.end();
  };
  response.once('close', end);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  look();
  return end;
}
