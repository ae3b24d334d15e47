/** The carts that were licensed: commissioned on site or not yet, connected or not. */
import { useQuery } from '@tanstack/react-query';
import { Ban, Ticket } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { CommissionedCart } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import type { Column } from '../list/data-table.tsx';
import { ListPage } from '../list/list-page.tsx';
import type { ListAddress, PanelProps } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import { Facts, PanelActs, SidePanel } from '../list/side-panel.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Copyable, OnlineMark } from '../part/marks.tsx';
import { administrationChanged, administrationQueries } from '../query/administration.ts';
import { useRoles } from '../route/signed-in.tsx';
import { formatDateTime } from '../words/format.ts';
import { LIST_WORDS } from '../words/list.ts';
import { CART_WORDS } from '../words/machines.ts';
import { IssueDialog } from './issue-dialog.tsx';

const words = CART_WORDS;
const { columns } = words;

const COLUMNS: readonly [Column<CommissionedCart>, ...Column<CommissionedCart>[]] = [
  {
    id: 'serial',
    title: columns.serial,
    cell: ({ serial }) => <span className="mono">{serial}</span>,
  },
  { id: 'state', title: columns.state, width: 140, cell: (row) => <State cart={row} /> },
  {
    id: 'online',
    title: columns.online,
    width: 150,
    cell: ({ online }) => <OnlineMark isOnline={online} />,
  },
  {
    id: 'expires',
    title: columns.expires,
    width: 180,
    isExtra: true,
    cell: (row) => <span className="quiet">{endText(row)}</span>,
  },
];

export function CartsPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const answer = useQuery(administrationQueries.carts({ q, page: search.page }));
  const [isIssuing, setIsIssuing] = useState(false);
  return (
    <>
      <ListPage
        words={words}
        answer={answer}
        columns={COLUMNS}
        keyOf={({ serial }) => serial}
        search={search}
        onSearch={onSearch}
        acts={
          <Button kind="main" icon={Ticket} onPress={() => setIsIssuing(true)}>
            {words.license}
          </Button>
        }
        panel={CartPanel}
      />
      {isIssuing && <IssueDialog subject="cart" onClose={() => setIsIssuing(false)} />}
    </>
  );
}

function State({ cart: { state } }: { readonly cart: CommissionedCart }): ReactNode {
  const tone = { licensed: 'warning', commissioned: 'good', retired: 'off' }[state];
  return <span className={`state state--${tone}`}>{words.states[state]}</span>;
}

function endText({ certificateExpiresUtcMs }: CommissionedCart): string {
  return certificateExpiresUtcMs === null
    ? LIST_WORDS.none
    : formatDateTime(certificateExpiresUtcMs);
}

function CartPanel({ row: cart, ...state }: PanelProps<CommissionedCart>): ReactNode {
  const [act, setAct] = useState<'retire' | 'license' | null>(null);
  const isAdministrator = useRoles().includes('administrator');
  const { serial, online } = cart;
  return (
    <SidePanel title={serial} mark={<State cart={cart} />} {...state}>
      <Facts
        facts={[
          [
            columns.serial,
            <Copyable key="serial" text={serial} shown={serial} label={words.copySerial} />,
          ],
          [columns.online, <OnlineMark key="online" isOnline={online} />],
          [columns.expires, endText(cart)],
        ]}
      />
      {cart.state === 'licensed' && <p className="note">{words.licensedLead}</p>}
      <PanelActs>
        <Button icon={Ticket} onPress={() => setAct('license')}>
          {words.licenseAnew}
        </Button>
        {isAdministrator && cart.state !== 'retired' && (
          <Button kind="danger" icon={Ban} onPress={() => setAct('retire')}>
            {words.retire}
          </Button>
        )}
      </PanelActs>
      {act === 'license' && (
        <IssueDialog subject="cart" serial={serial} onClose={() => setAct(null)} />
      )}
      {act === 'retire' && (
        <ReasonDialog
          title={words.retireTitle(serial)}
          lead={`${online ? `${words.retireOnline} ` : ''}${words.retireLead}`}
          act={words.retireAct}
          icon={Ban}
          isDanger
          run={(reason) => administration.retireCart(serial, reason)}
          onDone={() => {
            administrationChanged();
            announce(words.retired(serial));
            setAct(null);
          }}
          onClose={() => setAct(null)}
        />
      )}
    </SidePanel>
  );
}
