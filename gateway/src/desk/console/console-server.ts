/** The console's Fastify server, as the files of routes see it. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { z } from 'zod';

export type ConsoleServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export const caseParams = z.object({ case: plain(z.string().max(64)) });
