/** Every file that moves or has moved, newest and unfinished first, as many as there is room for. */
import type { PanelTransfer, PanelWaiting } from '@chaperone/protocol/panel-api/schema.ts';
import type { ReactNode } from 'react';
import { bytesText, timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import { ACTIVITY_ICONS } from './activity-icon.ts';

/** Rows that fit beside the facts on the smallest display, without scrolling. */
const ROWS_MAX = 3;
const UNDER_WAY: ReadonlySet<PanelTransfer['state']> = new Set([
  'preparing',
  'moving',
  'interrupted',
  'paused',
]);

/** Shows the transfers of this session. */
export function TransferList({
  transfers,
  waiting,
}: {
  readonly transfers: readonly PanelTransfer[];
  readonly waiting: PanelWaiting;
}): ReactNode {
  const { words } = useSpeech();
  const isMoving = ({ state }: PanelTransfer): boolean => UNDER_WAY.has(state);
  const newest = transfers.toReversed();
  const ordered = [...newest.filter(isMoving), ...newest.filter((transfer) => !isMoving(transfer))];
  const more = ordered.length - ROWS_MAX;
  const count = waiting.fetching + waiting.sending;
  const rest = [
    ...(more > 0 ? [words.session.moreFiles(more)] : []),
    ...(count > 0 ? [words.session.waitingFiles(count)] : []),
  ];
  return (
    <section className="transfers" aria-label={words.session.files}>
      <div className="transfers__head">
        <h2 className="section-title">{words.session.files}</h2>
        {rest.length > 0 && <p className="quiet">{rest.join(' · ')}</p>}
      </div>
      {ordered.length === 0 && <p className="quiet">{words.session.noFiles}</p>}
      <ul className="transfers__list">
        {ordered.slice(0, ROWS_MAX).map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} />
        ))}
      </ul>
    </section>
  );
}

function TransferRow({ transfer }: { readonly transfer: PanelTransfer }): ReactNode {
  const { language, words } = useSpeech();
  const { direction, name, bytes, bytesTotal, state, secondsLeft } = transfer;
  const Icon = ACTIVITY_ICONS[direction === 'from-cart' ? 'fetch-files' : 'send-files'];
  const way = direction === 'from-cart' ? words.transfers.fromCart : words.transfers.toCart;
  const amount =
    state === 'done'
      ? bytesText(language, bytesTotal)
      : `${bytesText(language, bytes)} / ${bytesText(language, bytesTotal)}`;
  return (
    <li className={`transfer transfer--${state}`}>
      <Icon className="icon" aria-hidden="true" />
      <span className="transfer__name" title={name} data-may-shorten>
        {name}
      </span>
      <span className="transfer__state">{words.transfers.states[state]}</span>
      <span className="transfer__way">
        {way} · {amount}
        {secondsLeft !== null && ` · ${words.transfers.timeLeft(timeLeftText(words, secondsLeft))}`}
      </span>
      {UNDER_WAY.has(state) && (
        <progress
          className="transfer__bar"
          value={bytes}
          max={Math.max(1, bytesTotal)}
          aria-label={name}
        />
      )}
    </li>
  );
}
