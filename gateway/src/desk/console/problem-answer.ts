/** Turns what a route threw into a problem document; what nobody expected goes to the log. */
import type { FastifyInstance } from 'fastify';
import type { Problem } from '@chaperone/protocol/cart-api/schema.ts';
import { PROBLEM_MEDIA_TYPE, isUnexpected, toProblem } from '../../platform/problem/problem.ts';
import type { DeskLog } from '../platform/desk-context.ts';
import { RequestsTooMany } from './console-error.ts';
import { PostureReportsTooMany } from '../posture/posture.ts';
import { SignInThrottled } from '../sign-in/sign-in.ts';
import { WorkstationEnrolmentThrottled } from '../workstation/workstation.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';

/** Statuses of a cart that mean the same to a console; any other is a conflict. */
const PASSED_ON = new Set([403, 404, 409, 412, 413, 422]);

export function answerProblems(server: FastifyInstance, log: DeskLog): void {
  server.setErrorHandler(async (fault, request, reply) => {
    const problem = describe(fault);
    if (isUnexpected(fault))
      log.error({ err: fault, route: request.routeOptions.url }, 'a request failed');
    if (
      fault instanceof RequestsTooMany ||
      fault instanceof SignInThrottled ||
      fault instanceof PostureReportsTooMany ||
      fault instanceof WorkstationEnrolmentThrottled
    )
      void reply.header('retry-after', fault.waitSeconds);
    await reply.status(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
  });
}

function describe(fault: unknown): Problem {
  const problem = toProblem(fault);
  if (!(fault instanceof CartRefusal)) return problem;
  const status = PASSED_ON.has(fault.status) ? fault.status : 409;
  return { ...problem, status, code: fault.cartCode };
}
