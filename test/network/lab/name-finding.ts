/** Breaks a network of the table, validates in it, and says what was named wrongly. */
import { FINDINGS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import type { Row } from './broken-networks.ts';
import { Hospital } from './hospital.ts';
import type { Place } from './hospital.ts';
import type { Internet } from './internet.ts';

export interface Named {
  readonly steps: readonly ValidationStepReport[];
  /** What is wrong with what was said; null: it is right. */
  readonly wrong: string | null;
}

/** Builds the network of a row, validates, and judges. */
export async function nameFinding(internet: Internet, row: Row): Promise<Named> {
  const hospital = await Hospital.build(internet, await row.plan(internet));
  try {
    const steps = await hospital.validate({
      ...(needsOwnCart(row) ? {} : { cart: internet.sharedCart }),
      ...row.cart?.(internet, hospital.place),
    });
    return { steps, wrong: judge(row, steps, hospital.place) };
  } finally {
    await hospital.close();
  }
}

/** Tells whether a validation gets as far as measuring, which a gateway lets each cart do by itself. */
export function needsOwnCart({ finding, result }: Row): boolean {
  const step = VALIDATION_STEPS.indexOf(FINDINGS[finding]);
  return result === 'warned' || step >= VALIDATION_STEPS.indexOf('path-mtu');
}

/** What a validation said, a step a line. */
export function linesOf(steps: readonly ValidationStepReport[]): string {
  return steps
    .map(({ step, result, finding, said, advice }) =>
      [step, result, finding ?? '', said, advice ?? ''].join(' '),
    )
    .join('\n');
}

/** One cause is one finding, of its own step, with a sentence that holds what the hospital's IT needs, and no hole in it. */
function judge(row: Row, steps: readonly ValidationStepReport[], place: Place): string | null {
  const found = steps.filter(({ finding }) => finding !== null);
  const names = found.map(({ finding }) => finding).join(', ');
  const [blamed] = found;
  if (found.length !== 1 || blamed?.finding !== row.finding)
    return `${row.finding} is the matter, and it says: ${names === '' ? 'nothing' : names}`;
  if (blamed.step !== FINDINGS[row.finding]) return `the step ${blamed.step} says it`;
  if (blamed.result !== (row.result ?? 'failed')) return `it is ${blamed.result}`;
  const advice = blamed.advice ?? '';
  if (!row.advice(place).test(advice)) return `the sentence is: ${advice}`;
  if (/unknown|undefined|null/.test(`${blamed.said} ${advice}`)) return `it has a hole: ${advice}`;
  // What works is gone through to its end.
  const tunnel = steps.find(({ step }) => step === 'tunnel');
  if (row.result === 'warned' && blamed !== tunnel && tunnel?.result !== 'passed')
    return `the tunnel: ${tunnel?.said}`;
  return null;
}
