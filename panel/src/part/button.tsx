/** The one button of the panel: large, busy at once, and deaf to what was meant for the page before. */
import { LoaderCircle } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { usePress } from '../act/press.ts';
import { useSettled } from '../act/settled.ts';

export interface ButtonProps {
  /** `go` widens, `stop` and `hold` narrow, `plain` is neither. */
  readonly tone: 'go' | 'stop' | 'hold' | 'plain';
  readonly size?: 'huge' | 'main' | 'small';
  readonly icon?: LucideIcon;
  readonly busy?: boolean;
  /** What the button says while it is busy. */
  readonly busyWords?: string;
  /** Takes no touch in the first moment of its life: for everything that widens. */
  readonly guarded?: boolean;
  /** For a screen reader, when the visible words need their surroundings. */
  readonly label?: string;
  /** A second, smaller line. */
  readonly detail?: string;
  readonly expanded?: boolean;
  readonly pressed?: boolean;
  readonly lang?: string;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

/** Shows a button. While it is busy or not yet settled it stays in reach of the keyboard but does nothing. */
export function Button(props: ButtonProps): ReactNode {
  const { tone, size = 'main', busy = false, guarded = false, ref, onPress, ...rest } = props;
  const words = busy ? (rest.busyWords ?? rest.children) : rest.children;
  const settled = useSettled();
  const deaf = busy || (guarded && !settled);
  const press = usePress(() => {
    if (!deaf) onPress();
  });
  const Icon = busy ? LoaderCircle : rest.icon;
  return (
    <button
      type="button"
      className={`button button--${tone} button--${size}`}
      aria-disabled={deaf || undefined}
      aria-busy={busy || undefined}
      aria-label={busy ? undefined : rest.label}
      aria-expanded={rest.expanded}
      aria-pressed={rest.pressed}
      lang={rest.lang}
      ref={ref}
      {...press}
    >
      {Icon && <Icon className={busy ? 'icon icon--turning' : 'icon'} aria-hidden="true" />}
      <span className="button__words">
        {words}
        {rest.detail !== undefined && <span className="button__detail">{rest.detail}</span>}
      </span>
    </button>
  );
}
