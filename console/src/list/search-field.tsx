/** Where a list is searched: `/` goes there, Esc clears it and goes back. */
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../key/shortcuts.ts';
import { WORDS } from '../words/words.ts';

/** How long the typing rests before the list is asked for, milliseconds. */
const REST_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ label, hint, value, onChange }: SearchFieldProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });
  return (
    <div className="search">
      <Search aria-hidden className="icon" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={hint}
        value={value}
        maxLength={200}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          onChange('');
          event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden>{WORDS.searchShortcut}</kbd>
    </div>
  );
}

/** Gives a value as it was when it last rested. */
export function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
