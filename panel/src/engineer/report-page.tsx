/** The signed report as a page: shown on the panel, and printed alone. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface ReportPageProps {
  readonly page: string;
  readonly label: string;
}

/** Shows the printable page in a tree of its own. */
export function ReportPage({ page, label }: ReportPageProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current !== null) fill(place.current, page);
  }, [page]);
  return <div className="report-page" ref={place} role="document" aria-label={label} />;
}

/** Prints the page without anything of the panel around it; the browser asks where to. */
export function printReport(page: string): void {
  const sheet = document.createElement('div');
  sheet.className = 'print-page';
  fill(sheet, page);
  document.body.append(sheet);
  window.addEventListener('afterprint', () => sheet.remove(), { once: true });
  window.print();
}

/**
 * Its style comes as a constructed sheet: the panel's policy admits no inline style, and a parsed document runs no script.
 */
function fill(place: HTMLElement, page: string): void {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const style = /<style>([^<]*)<\/style>/;
  const parsed = new DOMParser().parseFromString(page.replace(style, ''), 'text/html');
  const sheet = new CSSStyleSheet();
  // The tree has no html and no body; its host stands for both.
  const rules = style.exec(page)?.[1] ?? '';
  sheet.replaceSync(rules.replaceAll(/(^|[\s,}])(?:html|body|:root)(?=[\s,{])/g, '$1:host'));
  root.adoptedStyleSheets = [sheet];
  root.replaceChildren(...parsed.body.childNodes);
}
