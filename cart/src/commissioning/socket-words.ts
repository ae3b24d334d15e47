/**
 * The words on the agent's socket: a request is one line of JSON, and answers are lines: `{ step }` while something goes on, then
 * one of `{ done }` and `{ refused: { code, message, fields? } }`.
 */
import { refusedField } from '@chaperone/protocol/panel-api/engineer.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { z } from 'zod';
import { commissioningRequest } from './request.ts';
import type { CommissioningRequest } from './request.ts';

/** In the data directory. */
export const SOCKET_FILE = 'commissioning.sock';

export const commissioningAnswer = z.union([
  z.strictObject({ step: z.unknown() }),
  z.strictObject({ done: z.unknown() }),
  z.strictObject({
    refused: z.strictObject({
      code: z.string().max(64),
      message: z.string().max(4000),
      fields: z.array(refusedField).max(64).optional(),
    }),
  }),
]);
export type CommissioningAnswer = z.infer<typeof commissioningAnswer>;

export class AgentAnswerUnreadable extends DomainError {
  readonly code = 'AGENT_ANSWER_UNREADABLE';
}

/** Reads a request; null for what is none, which an agent of another version may have sent. */
export function readRequest(line: string): CommissioningRequest | null {
  try {
    return commissioningRequest.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** @throws AgentAnswerUnreadable */
export function readAnswer(line: string): CommissioningAnswer {
  try {
    return commissioningAnswer.parse(JSON.parse(line));
  } catch (cause) {
    throw new AgentAnswerUnreadable('The running agent is of another version.', { cause });
  }
}
