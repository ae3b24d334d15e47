/** All tags of a file, nested ones under theirs, with a search in names, numbers and values. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Trouble } from '../../part/trouble.tsx';
import { formatCount } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { VirtualRows } from '../virtual-rows.tsx';
import { shownFault } from '../worker/shown-fault.ts';
import type { TagList, TagRow } from './tag-list.ts';

const words = VIEWER_WORDS.dicom;
const ROW_PX = 24;

interface TagTableProps {
  readonly ask: () => Promise<TagList>;
  readonly searchRef: React.RefObject<HTMLInputElement | null>;
}

export function TagTable({ ask, searchRef }: TagTableProps): ReactNode {
  const [list, setList] = useState<TagList | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const [text, setText] = useState('');
  const [top, setTop] = useState(0);
  const first = useRef(ask);
  useEffect(() => {
    let isStale = false;
    first
      .current()
      .then((tags) => !isStale && setList(tags))
      .catch((reason: unknown) => !isStale && setFault(shownFault(reason)));
    return () => {
      isStale = true;
    };
  }, []);
  const shown = useMemo(() => matching(list?.rows ?? [], text), [list, text]);
  return (
    <section className="tags" aria-label={words.tags}>
      <div className="viewer__tools">
        <input
          ref={searchRef}
          className="input"
          type="search"
          aria-label={words.searchTags}
          placeholder={words.searchTags}
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setTop(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setText('');
            event.currentTarget.blur();
          }}
        />
        <output className="viewer__found">{list === null ? '' : formatCount(shown.length)}</output>
      </div>
      <Trouble fault={fault} />
      {list?.isCut === true && <p className="note note--warning">{words.tagsCut}</p>}
      <VirtualRows
        label={words.tags}
        rows={shown.length}
        rowPx={ROW_PX}
        top={Math.min(top, Math.max(0, shown.length - 1))}
        onTop={setTop}
        renderRow={(row) => {
          const tag = shown[row];
          return tag === undefined ? null : <TagLine tag={tag} />;
        }}
      />
    </section>
  );
}

/** Those that have all words, wherever in them. */
export function matching(rows: readonly TagRow[], text: string): readonly TagRow[] {
  const sought = text
    .toLowerCase()
    .split(/\s+/)
    .filter((each) => each !== '');
  if (sought.length === 0) return rows;
  return rows.filter((row) => {
    const all =
      `${row.tag} ${row.tag.replaceAll(/[(),]/g, '')} ${row.name} ${row.vr} ${row.value}`.toLowerCase();
    return sought.every((each) => all.includes(each));
  });
}

/** How far nested ones stand in; a deeper one stands no further. */
const INDENT_MAX = 8;

function TagLine({ tag }: { readonly tag: TagRow }): ReactNode {
  const { depth, tag: number, name, vr, value, isPrivate } = tag;
  const indent = `tag--in-${Math.min(INDENT_MAX, depth)}`;
  return (
    <div
      className={`tag ${indent}${isPrivate ? ' tag--private' : ''}${number === '' ? ' tag--item' : ''}`}
    >
      <span className="tag__number">{number}</span>
      <span className="tag__vr">{vr}</span>
      <span className="tag__name" title={name}>
        {name}
      </span>
      <span className="tag__value" title={value}>
        {value}
      </span>
    </div>
  );
}
