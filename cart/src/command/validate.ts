/** `validate`: the road to the gateway, step by step. */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import { STEP_NAMES } from '@chaperone/domain/validation/words.ts';
import { validation, validationStep } from '@chaperone/protocol/commissioning/validation.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import type { Command } from './call.ts';

const IDLE = { min: 0, max: 3600 };
const NAME_COLUMNS = Math.max(...Object.values(STEP_NAMES).map(({ length }) => length));
const SIGNS = { passed: 'ok  ', warned: 'warn', failed: 'FAIL', 'left-out': '-   ' } as const;

export const validateCommand: Command = {
  name: 'validate',
  usage: [
    'look at the road to the gateway, a line for each step; exit code 1 unless the cart can be accepted by it:',
    '--idle SECONDS   also watch how long an unused connection lives (0 to 3600; 0 unless given)',
  ],
  options: { idle: 'text' },
  async run({ ask, options, output }) {
    const idleSeconds = options.number('idle', IDLE) ?? 0;
    const told = await ask({ act: 'validate', idleSeconds }, (step) => {
      const seen = validationStep.parse(step);
      output.step({ step: seen }, wordsOf(seen));
    });
    const whole = validation.parse(told);
    const count = (result: ValidationStepReport['result']): number =>
      whole.steps.filter((step) => step.result === result).length;
    const failed = count('failed');
    output.result({ validation: whole }, [
      '',
      failed === 0 && !isAccepted(whole.steps)
        ? 'Not looked at to the end: certificate, licence and tunnel are what a report is about.'
        : failed === 0
          ? `Passed${count('warned') === 0 ? '' : `, with ${count('warned')} to know of`}.`
          : `${failed} failed. Read to the hospital's IT what stands under it.`,
    ]);
    return isAccepted(whole.steps) ? 0 : 1;
  },
};

function wordsOf({ step, result, said, advice, finding }: ValidationStepReport): readonly string[] {
  const line = `${SIGNS[result]}  ${STEP_NAMES[step].padEnd(NAME_COLUMNS)} ${said}${finding === null ? '' : ` (${finding})`}`;
  return advice === null ? [line] : [line, `      ${advice}`];
}
