/** Opens a service case for a call. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { DEIDENTIFICATION_RULES } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import { desk } from '../api/desk.ts';
import type { CaseDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { DEIDENTIFICATION_WORDS } from '../words/deidentification.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

const LINE_LENGTH_MAX = 200;
const PARAGRAPH_LENGTH_MAX = 4000;

interface NewCaseDialogProps {
  readonly onClose: () => void;
  readonly onOpened: (serviceCase: CaseDetail) => void;
}

export function NewCaseDialog({ onClose, onOpened }: NewCaseDialogProps): ReactNode {
  const carts = useQuery(queries.carts());
  const [cart, setCart] = useState('');
  const [typedFacility, setTypedFacility] = useState('');
  // The licence of the cart says which facility a case is of; only where it names none is there anything to say here.
  const chosenCart = carts.data?.carts.find(({ serial }) => serial === cart);
  const isNamed = chosenCart !== undefined && chosenCart.facility !== null;
  const [caller, setCaller] = useState('');
  const [complaint, setComplaint] = useState('');
  const about = useQuery(queries.about());
  const [chosen, setChosen] = useState<DeidentificationRule | null>(null);
  const rule = chosen ?? about.data?.newCaseDeidentification ?? 'not-required';
  const id = useId();
  const ruleId = useId();
  const words = WORDS.newCase;
  const open = useMutation({
    mutationFn: () =>
      desk.openCase({
        ...(isNamed ? {} : { facility: typedFacility }),
        ...{ cart, caller, complaint, deidentification: rule },
      }),
    onSuccess: (opened) => {
      queryClient.setQueryData(queries.case(opened.id).queryKey, opened);
      void queryClient.invalidateQueries({ queryKey: ['cases'] });
      void queryClient.invalidateQueries({ queryKey: ['carts'] });
      onOpened(opened);
    },
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        <div className="field">
          <label htmlFor={id}>{words.cart}</label>
          <select
            id={id}
            className="input"
            required
            value={cart}
            onChange={(event) => setCart(event.target.value)}
          >
            <option value="" disabled>
              {carts.data?.carts.length === 0 ? words.noCarts : words.chooseCart}
            </option>
            {carts.data?.carts.map(({ serial, model, online, openCase }) => (
              <option key={serial} value={serial} disabled={openCase !== null}>
                {serial}
                {model === null ? '' : ` · ${model}`}
                {online ? ` · ${WORDS.connected}` : ''}
                {openCase === null ? '' : ` · ${words.busyCart}`}
              </option>
            ))}
          </select>
        </div>
        {chosenCart !== undefined && (
          <Field
            label={words.facility}
            hint={isNamed ? words.facilityOfLicence : words.facilityUnnamed}
            value={chosenCart.facility ?? typedFacility}
            onChange={setTypedFacility}
            isFixed={isNamed}
            choices={isNamed ? [] : (carts.data?.facilities ?? [])}
            lengthMax={LINE_LENGTH_MAX}
          />
        )}
        <Field
          label={words.caller}
          value={caller}
          onChange={setCaller}
          lengthMax={LINE_LENGTH_MAX}
        />
        <Field
          label={words.complaint}
          value={complaint}
          onChange={setComplaint}
          lines={4}
          isRequired={false}
          lengthMax={PARAGRAPH_LENGTH_MAX}
        />
        <div className="field">
          <label htmlFor={ruleId}>{DEIDENTIFICATION_WORDS.rule}</label>
          <select
            id={ruleId}
            className="input"
            value={rule}
            aria-describedby={`${ruleId}-hint`}
            onChange={(event) => setChosen(event.target.value as DeidentificationRule)}
          >
            {DEIDENTIFICATION_RULES.map((each) => (
              <option key={each} value={each}>
                {DEIDENTIFICATION_WORDS.rules[each]}
              </option>
            ))}
          </select>
          <p className="hint" id={`${ruleId}-hint`}>
            {DEIDENTIFICATION_WORDS.ruleHint}
          </p>
        </div>
        <p className="hint">{words.sealed}</p>
        <Trouble fault={carts.error ?? open.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button kind="main" type="submit" icon={Plus} isBusy={open.isPending}>
            {open.isPending ? words.busy : words.act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
