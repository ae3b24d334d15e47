/** What is known of something, as names and values. */
import type { ReactNode } from 'react';

export function Facts({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="known">{children}</dl>;
}

export function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="known__fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
