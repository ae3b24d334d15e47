/** Which roles an account may have. The administrator's is given by two people, so it can only be kept or taken here. */
import { ROLE_NAMES } from '@chaperone/protocol/console-api/administration.ts';
import { useId } from 'react';
import type { ReactNode } from 'react';
import type { RoleName } from '../api/administration.ts';
import { ACCOUNT_WORDS, ROLE_TABLE_WORDS, ROLE_WORDS } from '../words/accounts.ts';

interface RoleChoiceProps {
  readonly roles: readonly RoleName[];
  /** Whether the account has the administrator's role now. */
  readonly isAdministrator: boolean;
  readonly onChange: (roles: readonly RoleName[]) => void;
}

export function RoleChoice({ roles, isAdministrator, onChange }: RoleChoiceProps): ReactNode {
  const id = useId();
  return (
    <fieldset className="ticks" aria-describedby={`${id}-hint`}>
      <legend>{ACCOUNT_WORDS.roles}</legend>
      {ROLE_NAMES.map((role) => {
        const isFixed = role === 'administrator' && !isAdministrator;
        return (
          <label key={role} className={isFixed ? 'tick tick--fixed' : 'tick'}>
            <input
              type="checkbox"
              checked={roles.includes(role)}
              disabled={isFixed}
              onChange={(event) =>
                onChange(
                  ROLE_NAMES.filter((each) =>
                    each === role ? event.target.checked : roles.includes(each),
                  ),
                )
              }
            />
            <span>
              {ROLE_WORDS[role]}
              <span className="hint">
                {isFixed ? ACCOUNT_WORDS.administratorHint : ROLE_TABLE_WORDS.means[role]}
              </span>
            </span>
          </label>
        );
      })}
      <p className="hint" id={`${id}-hint`}>
        {ACCOUNT_WORDS.rolesHint}
      </p>
    </fieldset>
  );
}
