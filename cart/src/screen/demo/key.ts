/** The keys that can be touched on the demo's screen. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { contains } from './theme.ts';
import type { Exam } from './exam.ts';

export interface Key {
  readonly label: string;
  readonly area: Rectangle;
  readonly isLit: (exam: Exam) => boolean;
  readonly press: (exam: Exam) => void;
}

const isNeverLit = (): boolean => false;

function notInDemo(name: string): (exam: Exam) => void {
  return (exam) => {
    exam.message = `${name} is not part of this demonstration`;
  };
}

const SOFT_KEYS: readonly Omit<Key, 'area'>[] = [
  { label: '2D', isLit: (exam) => !exam.isColour, press: (exam) => exam.setColour(false) },
  { label: 'Color', isLit: (exam) => exam.isColour, press: (exam) => exam.setColour(true) },
  { label: 'PW', isLit: isNeverLit, press: notInDemo('Pulsed wave') },
  { label: 'M-Mode', isLit: isNeverLit, press: notInDemo('M-mode') },
  { label: 'Measure', isLit: (exam) => exam.isMeasuring, press: (exam) => exam.toggleMeasure() },
  { label: 'Clear', isLit: isNeverLit, press: (exam) => exam.clear() },
  { label: 'Save', isLit: isNeverLit, press: (exam) => exam.store() },
  { label: 'Freeze', isLit: (exam) => exam.isFrozen, press: (exam) => exam.toggleFreeze() },
];

const SOFT_KEY = { left: 12, top: 970, width: 150, gap: 8, height: 44 } as const;

export const KEYS: readonly Key[] = [
  ...SOFT_KEYS.map((key, index) => ({
    ...key,
    area: {
      x: SOFT_KEY.left + index * (SOFT_KEY.width + SOFT_KEY.gap),
      y: SOFT_KEY.top,
      width: SOFT_KEY.width,
      height: SOFT_KEY.height,
    },
  })),
  stepKey('−', 14, 224, (exam) => exam.changeGain(-1)),
  stepKey('+', 150, 224, (exam) => exam.changeGain(1)),
  stepKey('−', 14, 320, (exam) => exam.changeDepth(-1)),
  stepKey('+', 150, 320, (exam) => exam.changeDepth(1)),
];

function stepKey(label: string, x: number, y: number, press: (exam: Exam) => void): Key {
  return { label, area: { x, y, width: 40, height: 40 }, isLit: isNeverLit, press };
}

/** Finds the key at a point of the screen. */
export function keyAt(x: number, y: number): Key | null {
  return KEYS.find((key) => contains(key.area, x, y)) ?? null;
}
