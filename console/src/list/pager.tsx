/** Which part of a list is shown, and the way to the others: `[` and `]`. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../key/shortcuts.ts';
import { LIST_WORDS } from '../words/list.ts';

interface PagerProps {
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, size, total, onPage }: PagerProps): ReactNode {
  const pages = Math.max(1, Math.ceil(total / size));
  const previous = page > 1 ? () => onPage(page - 1) : undefined;
  const next = page < pages ? () => onPage(page + 1) : undefined;
  useShortcuts({ '[': previous, ']': next });
  if (total === 0) return null;
  return (
    <nav className="pager" aria-label={LIST_WORDS.pages}>
      <span aria-live="polite">
        {LIST_WORDS.of((page - 1) * size + 1, Math.min(total, page * size), total)}
      </span>
      {pages > 1 && (
        <>
          <Turn icon={ChevronLeft} label={LIST_WORDS.previous} onPress={previous} />
          <Turn icon={ChevronRight} label={LIST_WORDS.next} onPress={next} />
        </>
      )}
    </nav>
  );
}

interface TurnProps {
  readonly icon: typeof ChevronLeft;
  readonly label: string;
  readonly onPress: (() => void) | undefined;
}

function Turn({ icon: Icon, label, onPress }: TurnProps): ReactNode {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={onPress === undefined}
      onClick={onPress}
    >
      <Icon aria-hidden className="icon" />
    </button>
  );
}
