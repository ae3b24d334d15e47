/** The heading of a page; takes the keyboard's focus when the page appears, so that a screen reader reads it. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface HeadingProps {
  readonly id?: string;
  readonly children: ReactNode;
  /** False where something else on the page takes the focus first. */
  readonly takesFocus?: boolean;
}

/** Shows a page's heading. */
export function Heading({ children, id, takesFocus = true }: HeadingProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <h1 className="heading" id={id} ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
