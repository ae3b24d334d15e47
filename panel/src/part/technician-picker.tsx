/** When more technicians are ready than cards fit: names and numbers, to pick the one on the telephone. */
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import type { PanelRequest } from './technician-card.tsx';

interface TechnicianPickerProps {
  readonly requests: readonly PanelRequest[];
  readonly onPick: (id: PanelRequest['id']) => void;
}

/** Shows all who are ready. Picking one allows nothing yet. */
export function TechnicianPicker({ requests, onPick }: TechnicianPickerProps): ReactNode {
  return (
    <ul className="picker">
      {requests.map((request) => (
        <li key={request.id}>
          <PickButton request={request} onPick={() => onPick(request.id)} />
        </li>
      ))}
    </ul>
  );
}

function PickButton(props: {
  readonly request: PanelRequest;
  readonly onPick: () => void;
}): ReactNode {
  const press = usePress(props.onPick);
  return (
    <button type="button" className="picker__button" {...press}>
      <span className="picker__name">{props.request.technicianName}</span>
      <span className="picker__code">{props.request.comparisonCode}</span>
    </button>
  );
}
