/** Fields of the engineer page: large enough for a finger, each with its error beside it, in words. */
import { Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import { useEngineerWords } from '../words/engineer-speech.ts';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null;
  readonly hint?: string;
  /** Which keys a keyboard on the screen shows. */
  readonly keys?: 'text' | 'numeric' | 'decimal' | 'url';
  /** Hidden until somebody asks to see it. */
  readonly isSecret?: boolean;
  readonly lengthMax?: number;
  readonly width?: 'whole' | 'half' | 'short';
  /** Fixed pitch, for codes and fingerprints. */
  readonly isCode?: boolean;
}

/** Shows one line to type. */
export function Field(props: FieldProps): ReactNode {
  const { label, value, onChange, error = null, hint, keys = 'text', isSecret = false } = props;
  const id = useId();
  const words = useEngineerWords();
  const [isShown, setShown] = useState(false);
  const press = usePress(() => setShown(!isShown));
  const notes = [hint === undefined ? null : `${id}-hint`, error === null ? null : `${id}-error`];
  const described = notes.filter((each) => each !== null).join(' ');
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className={`field field--${props.width ?? 'whole'}`}>
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <div className="field__line">
        <input
          id={id}
          className={props.isCode === true ? 'field__input field__input--code' : 'field__input'}
          type={isSecret && !isShown ? 'password' : 'text'}
          inputMode={keys}
          value={value}
          maxLength={props.lengthMax ?? 300}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={error !== null || undefined}
          aria-describedby={described === '' ? undefined : described}
          onChange={(event) => onChange(event.target.value)}
        />
        {isSecret && (
          <button
            type="button"
            className="field__eye"
            aria-label={isShown ? words.hideSecret(label) : words.showSecret(label)}
            aria-pressed={isShown}
            {...press}
          >
            <Icon className="icon" aria-hidden="true" />
          </button>
        )}
      </div>
      {hint !== undefined && (
        <p className="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** Says why a field cannot be used. */
export function FieldError(props: {
  readonly id: string;
  readonly error: string | null;
}): ReactNode {
  return (
    <p className="field__error" id={props.id} aria-live="polite">
      {props.error !== null && (
        <>
          <TriangleAlert className="icon" aria-hidden="true" /> {props.error}
        </>
      )}
    </p>
  );
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** Shows a few ways of which one is taken. */
export function Choice<T extends string>({
  legend,
  value,
  options,
  onChange,
}: ChoiceProps<T>): ReactNode {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="field__label">{legend}</legend>
      <div className="choice__options">
        {options.map((option) => (
          <label key={option.value} className="choice__option">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Shows a thing that is on or off. */
export function Tick(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactNode {
  return (
    <label className="tick">
      <input
        type="checkbox"
        checked={props.isOn}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

/** Shows what went wrong with a whole form. */
export function FormProblem({ problem }: { readonly problem: string | null }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  // A refusal that nobody sees looks like a button that does nothing: the field that it is about, or itself.
  useEffect(() => {
    if (problem === null) return;
    const wrong = [
      ...(place.current?.closest('.form')?.querySelectorAll('[aria-invalid="true"]') ?? []),
    ].find((each) => each.getClientRects().length > 0);
    (wrong?.closest('.field') ?? place.current)?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  return (
    <div role="alert" ref={place}>
      {problem !== null && (
        <p className="form-problem">
          <TriangleAlert className="icon" aria-hidden="true" /> {problem}
        </p>
      )}
    </div>
  );
}
