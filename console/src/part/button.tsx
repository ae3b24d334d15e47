/** Buttons: a word, perhaps an icon, and honest about being busy. */
import type { LucideIcon } from 'lucide-react';
import { LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly icon?: LucideIcon;
  readonly kind?: 'main' | 'plain' | 'quiet' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  readonly isPressed?: boolean;
  /** Said instead of the words, where these do not stand for themselves. */
  readonly label?: string;
  readonly onPress?: () => void;
}

export function Button(props: ButtonProps): ReactNode {
  const { children, icon, kind = 'plain', type = 'button', isBusy = false, onPress } = props;
  const Icon = isBusy ? LoaderCircle : icon;
  return (
    <button
      // A form's own button submits; any other does nothing by itself.
      type={type === 'submit' ? 'submit' : 'button'}
      className={`button button--${kind}`}
      aria-label={props.label}
      aria-busy={isBusy}
      aria-pressed={props.isPressed}
      // Busy, it keeps the focus: what comes back for more finds it where it was.
      disabled={props.isDisabled === true}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onPress?.();
      }}
    >
      {Icon !== undefined && (
        <Icon aria-hidden className={isBusy ? 'icon icon--turning' : 'icon'} />
      )}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly isPressed?: boolean;
  readonly onPress: () => void;
}

/** A button that is only an icon; its label is its tooltip, too. */
export function IconButton({ icon: Icon, label, isPressed, onPress }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-pressed={isPressed}
      title={label}
      onClick={onPress}
    >
      <Icon aria-hidden className="icon" />
    </button>
  );
}
