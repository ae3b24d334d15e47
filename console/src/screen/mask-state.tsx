/**
 * What of the cart's screen is covered, in the line over it, and the way to ask its operator for a part.
 *
 * It shows what the cart says; what is seen is covered or not before it leaves the cart.
 */
import { UNMASK_MINUTES, UNMASK_REASON_CHARACTERS } from '@chaperone/domain/mask/unmask.ts';
import type { UnmaskMinutes } from '@chaperone/domain/mask/unmask.ts';
import type { MaskView } from '@chaperone/protocol/cart-api/masks.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { WORDS } from '../words/words.ts';

interface MaskStateProps {
  readonly caseId: string;
  readonly grant: string;
}

/** Shows the state; nothing where the cart covers nothing on purpose, or does not tell. */
export function MaskState({ caseId, grant }: MaskStateProps): ReactNode {
  const { data } = useQuery(queries.masks(caseId, grant));
  const [isAsking, setIsAsking] = useState(false);
  const words = WORDS.masks;
  const view = data?.masks ?? null;
  if (view === null || view.rule === 'off') return null;
  if (view.rule === 'nothing') {
    return (
      <span className="bar__note bar__note--warning" title={words.nothingHint}>
        <TriangleAlert aria-hidden className="icon icon--small" />
        {words.nothing}
      </span>
    );
  }
  const open = view.masks.filter(({ secondsOpen }) => secondsOpen !== null).length;
  const isAll = view.layouts.length === 0 && open === 0;
  return (
    <>
      <span title={isAll ? words.allHint : words.hint}>
        <Button kind="quiet" icon={open > 0 ? Eye : EyeOff} onPress={() => setIsAsking(true)}>
          {open > 0 ? words.open(open) : isAll ? words.all : words.title}
        </Button>
      </span>
      {isAsking && (
        <MaskDialog caseId={caseId} grant={grant} view={view} onClose={() => setIsAsking(false)} />
      )}
    </>
  );
}

/** The parts that the operator lets be seen now. */
export function useOpenParts(caseId: string, grant: string | null): readonly string[] {
  const { data } = useQuery({ ...queries.masks(caseId, grant ?? ''), enabled: grant !== null });
  const masks = data?.masks?.masks ?? [];
  return masks.filter(({ secondsOpen }) => secondsOpen !== null).map(({ name }) => name);
}

interface MaskDialogProps extends MaskStateProps {
  readonly view: MaskView;
  readonly onClose: () => void;
}

function MaskDialog({ caseId, grant, view, onClose }: MaskDialogProps): ReactNode {
  const words = WORDS.masks;
  const { masks, asked } = view;
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState<UnmaskMinutes>(UNMASK_MINUTES[0]);
  // Another layout may have come onto the screen while somebody was typing.
  const mask = masks.find(({ name }) => name === chosen)?.name ?? masks[0]?.name ?? null;
  const ask = useMutation({
    mutationFn: () => desk.askUnmask(caseId, { mask: mask ?? '', reason: reason.trim(), minutes }),
    onSuccess: (answer) => {
      setReason('');
      queryClient.setQueryData(queries.masks(caseId, grant).queryKey, answer);
    },
  });
  return (
    <Dialog title={words.dialogTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <p className="lead">{words.lead}</p>
        <ul className="masks" aria-label={words.dialogTitle}>
          {masks.map((part) => (
            <PartLine key={part.name} {...part} />
          ))}
        </ul>
        <Choice
          label={words.part}
          value={mask ?? ''}
          options={masks.map(({ name }) => [name, partText(name)])}
          onChange={setChosen}
        />
        <Choice
          label={words.minutes}
          value={String(minutes)}
          options={UNMASK_MINUTES.map((each) => [String(each), words.minutesOf(each)])}
          onChange={(value) =>
            setMinutes(UNMASK_MINUTES.find((each) => String(each) === value) ?? UNMASK_MINUTES[0])
          }
        />
        <Field
          label={words.reason}
          hint={words.reasonHint}
          value={reason}
          onChange={setReason}
          lengthMax={UNMASK_REASON_CHARACTERS.max}
        />
        <p className="hint" aria-live="polite">
          {asked === null ? '' : words.asked}
        </p>
        <Trouble fault={ask.error} title={words.fault} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {words.close}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={Eye}
            isDisabled={
              mask === null || asked !== null || reason.trim().length < UNMASK_REASON_CHARACTERS.min
            }
            isBusy={ask.isPending}
          >
            {words.ask}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PartLine({ name, secondsOpen }: MaskView['masks'][number]): ReactNode {
  const words = WORDS.masks;
  const Icon = secondsOpen === null ? EyeOff : Eye;
  return (
    <li className={secondsOpen === null ? 'masks__part' : 'masks__part masks__part--open'}>
      <Icon aria-hidden className="icon icon--small" />
      <span className="masks__name">{partText(name)}</span>
      <span className="masks__state">
        {secondsOpen === null ? words.covered : words.left(secondsOpen)}
      </span>
    </li>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A template's names are made to be read: `exam/patient-line`. */
function partText(name: string): string {
  if (name === 'whole-screen') return WORDS.masks.wholeScreen;
  return name.replace('/', ': ').replaceAll('-', ' ');
}
