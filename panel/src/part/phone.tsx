/** A telephone number to read across a room, with what it is for. */
import { Phone as PhoneIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface PhoneProps {
  readonly label: string;
  readonly number: string;
}

/** Shows whom to call. */
export function Phone({ label, number }: PhoneProps): ReactNode {
  return (
    <p className="phone">
      <PhoneIcon className="phone__icon" aria-hidden="true" />
      <span className="phone__label">{label}</span>
      <span className="phone__number">{number}</span>
    </p>
  );
}
