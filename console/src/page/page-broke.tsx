/** In the place of a page that could not be drawn: says so, and leads away. No page goes blank. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { WORDS } from '../words/words.ts';

export function PageBroke({ reset }: ErrorComponentProps): ReactNode {
  const queries = useQueryClient();
  // What could not be drawn is shown by nobody now: whoever comes back asks for it anew.
  useEffect(() => queries.removeQueries({ type: 'inactive' }), [queries]);
  return (
    <section className="empty" role="alert" aria-labelledby="page-broke">
      <TriangleAlert aria-hidden className="icon" />
      <h1 id="page-broke">{WORDS.pageBroke}</h1>
      <p>{WORDS.pageBrokeLead}</p>
      <button type="button" className="button button--plain" onClick={reset}>
        {WORDS.tryAgain}
      </button>
      <Link to="/" className="button button--plain">
        {WORDS.toStart}
      </Link>
    </section>
  );
}
