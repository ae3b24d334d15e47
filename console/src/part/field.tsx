/** A labelled place to type in. */
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'date';
  /** What is wrong with it, said beside it. */
  readonly error?: string | undefined;
  readonly autoComplete?: string;
  readonly isMonospaced?: boolean;
  /** Digits: a touch keyboard shows these. */
  readonly isNumeric?: boolean;
  readonly isRequired?: boolean;
  /** What is offered to choose from while somebody types. */
  readonly choices?: readonly string[];
  /** It follows from something else: shown, and not to be changed here. */
  readonly isFixed?: boolean;
  readonly lines?: number;
  readonly lengthMax?: number;
  /** Takes the focus when it appears, so that hands stay on the keyboard. */
  readonly takesFocus?: boolean;
}

export function Field(props: FieldProps): ReactNode {
  const { label, hint, value, onChange, lines, isRequired = true, takesFocus = false } = props;
  const { error, choices, isFixed = false } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [takesFocus]);
  const described = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  const shared = {
    id,
    value,
    required: isRequired,
    readOnly: isFixed,
    maxLength: props.lengthMax,
    className: props.isMonospaced === true ? 'input input--mono' : 'input',
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': described.length === 0 ? undefined : described.join(' '),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {lines === undefined ? (
        <input
          {...shared}
          ref={input}
          type={props.type ?? 'text'}
          autoComplete={props.autoComplete ?? 'off'}
          spellCheck={false}
          list={choices === undefined ? undefined : `${id}-choices`}
          inputMode={props.isNumeric === true ? 'numeric' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      )}
      {choices !== undefined && (
        <datalist id={`${id}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </datalist>
      )}
      {error !== undefined && (
        <p className="field__error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
