/** What a cart's licence allows, from when to when, and where the cart stands: the same fields to issue one and to renew it. */
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { Field } from '../part/field.tsx';
import { LICENCE_WORDS } from '../words/machines.ts';
import { WORDS } from '../words/words.ts';
import type { TermsDraft, TermsErrors } from './terms-draft.ts';

const words = LICENCE_WORDS.asked;
/** As the authority takes the name of a facility or a model. */
const PLACE_LENGTH_MAX = 100;

interface TermsFieldsProps {
  readonly draft: TermsDraft;
  readonly errors: TermsErrors;
  /** What is left empty then stays as it was, but for the end. */
  readonly isRenewal?: boolean;
  readonly onChange: (draft: TermsDraft) => void;
}

export function TermsFields({
  draft,
  errors,
  isRenewal = false,
  onChange,
}: TermsFieldsProps): ReactNode {
  const id = useId();
  const field = (name: 'from' | 'until' | 'facility' | 'model') => ({
    label: words[name],
    hint: isRenewal && name !== 'until' ? words.asItWas : words[`${name}Hint`],
    value: draft[name],
    error: errors[name],
    isRequired: false,
    onChange: (value: string) => onChange({ ...draft, [name]: value }),
  });
  return (
    <>
      <fieldset
        className="ticks"
        aria-describedby={errors.features === undefined ? undefined : `${id}-error`}
      >
        <legend>{words.features}</legend>
        {ACTIVITIES.map((each) => (
          <label key={each} className="tick">
            <input
              type="checkbox"
              checked={draft.features.includes(each)}
              onChange={(event) => {
                const isOn = event.target.checked;
                const features = ACTIVITIES.filter((one) =>
                  one === each ? isOn : draft.features.includes(one),
                );
                onChange({ ...draft, features });
              }}
            />
            <span>{WORDS.activities[each]}</span>
          </label>
        ))}
        {errors.features !== undefined && (
          <p className="field__error" id={`${id}-error`}>
            {errors.features}
          </p>
        )}
      </fieldset>
      <div className="fields-beside">
        <Field {...field('from')} type="date" />
        <Field {...field('until')} type="date" />
      </div>
      <div className="fields-beside">
        <Field {...field('facility')} lengthMax={PLACE_LENGTH_MAX} />
        <Field {...field('model')} lengthMax={PLACE_LENGTH_MAX} />
      </div>
    </>
  );
}
