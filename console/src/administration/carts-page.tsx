/** The carts that were licensed: where they are, how they stand, and which of them need somebody's attention. */
import { useQuery } from '@tanstack/react-query';
import { Ban, Ticket } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { CommissionedCart } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import type { Column } from '../list/data-table.tsx';
import { ListPage } from '../list/list-page.tsx';
import type { PanelProps } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import { Facts, PanelActs, SidePanel } from '../list/side-panel.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Copyable, OnlineMark } from '../part/marks.tsx';
import { administrationChanged, administrationQueries } from '../query/administration.ts';
import { useRoles } from '../route/signed-in.tsx';
import { formatBytes, formatDate, formatDateTime, formatLastDay } from '../words/format.ts';
import { LIST_WORDS } from '../words/list.ts';
import { CART_WORDS } from '../words/machines.ts';
import type { CartSearch } from './cart-search.ts';
import { CartDrift, CartReports, resultText } from './cart-reports.tsx';
import { IssueDialog } from './issue-dialog.tsx';

const words = CART_WORDS;
const { columns } = words;

const COLUMNS: readonly [Column<CommissionedCart>, ...Column<CommissionedCart>[]] = [
  {
    id: 'serial',
    title: columns.serial,
    width: 130,
    cell: ({ serial }) => <span className="mono">{serial}</span>,
  },
  { id: 'facility', title: columns.facility, cell: ({ facility }) => facility ?? LIST_WORDS.none },
  {
    id: 'model',
    title: columns.model,
    width: 130,
    isExtra: true,
    cell: ({ model }) => model ?? LIST_WORDS.none,
  },
  { id: 'state', title: columns.state, width: 130, cell: (row) => <State cart={row} /> },
  {
    id: 'licence',
    title: columns.licence,
    width: 125,
    isExtra: true,
    cell: (row) => <span className="quiet">{licenceEnd(row)}</span>,
  },
  {
    id: 'validation',
    title: columns.validation,
    width: 125,
    isExtra: true,
    cell: ({ validation }) => (
      <span className="quiet">
        {validation === null ? words.never : formatDate(validation.validatedUtcMs)}
      </span>
    ),
  },
  {
    id: 'expires',
    title: columns.expires,
    width: 125,
    isExtra: true,
    cell: (row) => <span className="quiet">{endText(row)}</span>,
  },
  {
    id: 'attention',
    title: columns.attention,
    width: 190,
    cell: (row) => <Attention cart={row} />,
  },
];

interface CartsPageProps {
  readonly search: CartSearch;
  readonly onSearch: (change: Partial<CartSearch>) => void;
}

export function CartsPage({ search, onSearch }: CartsPageProps): ReactNode {
  const q = useRested(search.q);
  const { only = 'all', sort = 'serial' } = search;
  const choose = (change: Pick<CartSearch, 'only'> | Pick<CartSearch, 'sort'>): void =>
    onSearch({ ...change, page: 1, row: undefined });
  const answer = useQuery(administrationQueries.carts({ q, page: search.page, only, sort }));
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
        onClearFilters={only === 'all' ? undefined : () => onSearch({ only: undefined })}
        filters={
          <>
            <Chooser
              label={words.only}
              names={words.choices}
              chosen={only}
              onChoose={(choice) => choose({ only: choice === 'all' ? undefined : choice })}
            />
            <Chooser
              label={words.order}
              names={words.orders}
              chosen={sort}
              onChoose={(order) => choose({ sort: order === 'serial' ? undefined : order })}
            />
          </>
        }
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

interface ChooserProps<Name extends string> {
  readonly label: string;
  readonly names: Readonly<Record<Name, string>>;
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

function Chooser<Name extends string>(props: ChooserProps<Name>): ReactNode {
  const { label, names, chosen, onChoose } = props;
  const all = Object.keys(names) as Name[];
  return (
    <select
      className="input input--filter"
      aria-label={label}
      value={chosen}
      onChange={({ target }) => {
        const name = all.find((each) => each === target.value);
        if (name !== undefined) onChoose(name);
      }}
    >
      {all.map((name) => (
        <option key={name} value={name}>
          {names[name]}
        </option>
      ))}
    </select>
  );
}

function Attention({ cart: { attention } }: { readonly cart: CommissionedCart }): ReactNode {
  if (attention.length === 0) return <span className="quiet">{words.nothing}</span>;
  return <span>{attention.map((each) => words.attentions[each]).join(', ')}</span>;
}

function State({ cart: { state } }: { readonly cart: CommissionedCart }): ReactNode {
  const tone = { licensed: 'warning', commissioned: 'good', retired: 'off' }[state];
  return <span className={`state state--${tone}`}>{words.states[state]}</span>;
}

function endText({ certificateExpiresUtcMs }: CommissionedCart): string {
  return certificateExpiresUtcMs === null ? LIST_WORDS.none : formatDate(certificateExpiresUtcMs);
}

function licenceText(cart: CommissionedCart): string {
  const { licence } = cart;
  if (licence === null) return LIST_WORDS.none;
  return `${licence.features.join(', ')}; ${licenceEnd(cart)}; ${words.standings[licence.standing]}`;
}

function licenceEnd({ licence }: CommissionedCart): string {
  if (licence === null) return LIST_WORDS.none;
  const { validUntilUtcMs } = licence;
  return validUntilUtcMs === null ? words.noEnd : words.until(formatLastDay(validUntilUtcMs));
}

function validationText({ validation }: CommissionedCart): string {
  if (validation === null) return words.never;
  return `${formatDateTime(validation.validatedUtcMs)}: ${resultText(validation)}`;
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
          [columns.attention, <Attention key="attention" cart={cart} />],
          [columns.facility, cart.facility ?? LIST_WORDS.none],
          [columns.model, cart.model ?? LIST_WORDS.none],
          [columns.software, cart.software ?? LIST_WORDS.none],
          [columns.facilityPolicy, policyText(cart)],
          [columns.monthBytes, formatBytes(cart.monthBytes)],
          [columns.online, <OnlineMark key="online" isOnline={online} />],
          [columns.licence, licenceText(cart)],
          [columns.expires, endText(cart)],
          [columns.validation, validationText(cart)],
          [
            columns.accepted,
            cart.acceptedUtcMs === null ? words.never : formatDateTime(cart.acceptedUtcMs),
          ],
        ]}
      />
      {cart.state === 'licensed' && <p className="note">{words.licensedLead}</p>}
      <CartDrift cart={cart} />
      <CartReports serial={serial} />
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

/** The version of the facility's policy that the cart has, by its own word. */
function policyText({ facilityPolicy }: CommissionedCart): string {
  if (facilityPolicy === null) return LIST_WORDS.none;
  const { version, installedUtcMs } = facilityPolicy;
  return CART_WORDS.policyVersion(version, formatDateTime(installedUtcMs));
}
