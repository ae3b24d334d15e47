/** Keys that a browser keeps for itself, and text typed as characters. Shown only while control is granted. */
import { Keyboard } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { SCREEN_WORDS } from '../words/screen.ts';
import { WORDS } from '../words/words.ts';
import { FUNCTION_KEYS, HELD_KEYS, SPECIAL_KEYS, TYPED_MAX, keysOf } from './key-strokes.ts';
import type { HeldKey, Key } from './key-strokes.ts';
import type { ScreenViewer } from './screen-viewer.ts';

/** Between two characters, milliseconds: X servers make room for characters that a keyboard does not have, one at a time. */
const TYPE_EVERY_MS = 20;
const HELD = Object.keys(HELD_KEYS) as readonly HeldKey[];

export function KeysMenu({ viewer }: { readonly viewer: ScreenViewer }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const [isTyping, setIsTyping] = useState(false);
  const [held, setHeld] = useState<ReadonlySet<HeldKey>>(new Set());
  const panel = useRef<HTMLFieldSetElement>(null);
  const button = useRef<HTMLSpanElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const words = SCREEN_WORDS;
  // Whatever ends this menu lifts what it holds down; so does the viewer when control ends, and the cart with its screen.
  useEffect(
    () => () => {
      for (const name of HELD) viewer.sendKey(HELD_KEYS[name], false);
    },
    [viewer],
  );
  useEffect(() => {
    if (isOpen) panel.current?.querySelector('button')?.focus();
  }, [isOpen]);
  useEffect(() => {
    const place = menu.current;
    if (!isOpen || place === null) return undefined;
    const listen = (event: KeyboardEvent): void => {
      const isOfDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
      if (event.key !== 'Escape' || isOfDialog) return;
      event.stopPropagation();
      setIsOpen(false);
      button.current?.querySelector('button')?.focus();
    };
    place.addEventListener('keydown', listen);
    return () => place.removeEventListener('keydown', listen);
  }, [isOpen]);
  const close = (): void => {
    setIsOpen(false);
    button.current?.querySelector('button')?.focus();
  };
  const toggle = (name: HeldKey): void => {
    const isHeld = held.has(name);
    viewer.sendKey(HELD_KEYS[name], !isHeld);
    setHeld(new Set(isHeld ? [...held].filter((each) => each !== name) : [...held, name]));
  };
  const press = (key: Key): void => viewer.sendKey(key);
  return (
    <div ref={menu} className="keys">
      <span ref={button}>
        <Button
          kind="quiet"
          icon={Keyboard}
          isPressed={isOpen}
          onPress={() => (isOpen ? close() : setIsOpen(true))}
        >
          {words.keys}
        </Button>
      </span>
      {isOpen && (
        <fieldset ref={panel} className="keys__panel" aria-label={words.keysTitle}>
          <div className="keys__row">
            {SPECIAL_KEYS.map(([name, key]) => (
              <Button key={name} onPress={() => press(key)}>
                {name}
              </Button>
            ))}
          </div>
          <div className="keys__row keys__row--f">
            {FUNCTION_KEYS.map(([name, key]) => (
              <Button key={name} onPress={() => press(key)}>
                {name}
              </Button>
            ))}
          </div>
          <div className="keys__row">
            {HELD.map((name) => (
              <Button key={name} isPressed={held.has(name)} onPress={() => toggle(name)}>
                {words.held[name]}
              </Button>
            ))}
            <Button onPress={() => viewer.sendCtrlAltDel()}>{words.ctrlAltDel}</Button>
          </div>
          <div className="keys__row">
            <Button onPress={() => setIsTyping(true)}>{words.typeText}</Button>
          </div>
          <p className="hint">{words.layoutNote}</p>
          <p className="hint">{words.keysNote}</p>
        </fieldset>
      )}
      {isTyping && <TypeDialog viewer={viewer} onClose={() => setIsTyping(false)} />}
    </div>
  );
}

interface TypeDialogProps {
  readonly viewer: ScreenViewer;
  readonly onClose: () => void;
}

function TypeDialog({ viewer, onClose }: TypeDialogProps): ReactNode {
  const words = SCREEN_WORDS;
  const [text, setText] = useState('');
  const [done, setDone] = useState<number | null>(null);
  const [stopped, setStopped] = useState(false);
  const isGone = useRef(false);
  const id = useId();
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const keys = keysOf(text);
  const fault = typeof keys === 'string' ? keys : null;
  const type = async (all: readonly Key[]): Promise<void> => {
    setStopped(false);
    for (const [at, key] of all.entries()) {
      if (isGone.current) return;
      if (!viewer.takesKeys()) {
        setDone(null);
        setStopped(true);
        return;
      }
      viewer.sendKey(key);
      setDone(at + 1);
      await new Promise((resolve) => setTimeout(resolve, TYPE_EVERY_MS));
    }
    announce(words.typed);
    onClose();
  };
  return (
    <Dialog title={words.typeTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof keys !== 'string' && keys.length > 0 && done === null) void type(keys);
        }}
      >
        <p>{words.typeLead}</p>
        <label htmlFor={id}>{words.typeLabel}</label>
        <textarea
          id={id}
          className="input"
          rows={4}
          autoComplete="off"
          spellCheck={false}
          value={text}
          readOnly={done !== null}
          aria-invalid={fault !== null}
          aria-describedby={`${id}-told`}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="hint" id={`${id}-told`} aria-live="polite">
          {fault !== null
            ? words.typeFaults[fault](TYPED_MAX)
            : stopped
              ? words.typeStopped
              : done !== null && typeof keys !== 'string'
                ? words.typing(done, keys.length)
                : ''}
        </p>
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={Keyboard}
            isBusy={done !== null}
            isDisabled={fault !== null || text === ''}
          >
            {words.typeAct}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
