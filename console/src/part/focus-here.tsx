/** What takes the place of something that had the focus: takes it over, so that a keyboard goes on from here. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface FocusHereProps {
  readonly className: string;
  readonly children: ReactNode;
}

export function FocusHere({ className, children }: FocusHereProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} tabIndex={-1} className={`focus-here ${className}`}>
      {children}
    </div>
  );
}
