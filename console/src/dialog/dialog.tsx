/** The browser's own modal dialog: it keeps the focus inside, closes with Esc, and gives the focus back. */
import { X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { IconButton } from '../part/button.tsx';
import { WORDS } from '../words/words.ts';

const FIRST = '.dialog__body :is(input, select, textarea, .form__acts button)';

interface DialogProps {
  readonly title: string;
  readonly isWide?: boolean;
  /** It shows what does not come back: only its own button closes it, not a stray key. */
  readonly isHeld?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps): ReactNode {
  const { title, isWide = false, isHeld = false, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (shown === null || shown.open) return undefined;
    const before = document.activeElement;
    shown.showModal();
    // To what is asked for, not to the way out; a dialog that only asks yes or no begins at "no".
    shown.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      shown.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isWide ? 'dialog dialog--wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!isHeld) onClose();
      }}
      // The second of two Esc closes whatever the page says.
      onClose={({ currentTarget }) => {
        if (isHeld && currentTarget.isConnected) currentTarget.showModal();
      }}
    >
      <header className="dialog__head">
        <h2 id={id}>{title}</h2>
        {!isHeld && <IconButton icon={X} label={WORDS.close} onPress={onClose} />}
      </header>
      <div className="dialog__body">{children}</div>
    </dialog>
  );
}
