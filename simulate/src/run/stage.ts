/** One cart, one gateway, the road between them and the people: what each command of a schedule does there. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { LicenceCodeHash, LicenceId } from '@chaperone/domain/licence/licence.ts';
import { issueLicence } from '@chaperone/domain/licence/licence.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import { CartAgent } from '../cart/cart-agent.ts';
import { CART } from '../gateway/cases.ts';
import { Gateway } from '../gateway/gateway.ts';
import { Liar } from '../gateway/liar.ts';
import { APPROVERS, Facility, STRANGER } from '../people/facility.ts';
import { TECHNICIANS, Workstations } from '../people/people.ts';
import type { Technician } from '../people/people.ts';
import type { Command, CommandKind, Pace } from '../schedule/schedule.ts';
import type { ToCart } from '../world/messages.ts';
import { Network } from '../world/network.ts';
import type { Connection } from '../world/network.ts';
import type { World } from '../world/world.ts';

/** How long a misfortune lasts. */
const TROUBLE_MS_MAX = 20_000;
const FLAP_MS_MAX = 8000;
const JUMPS_MS = [-86_400_000, -3_600_000, -61_000, 61_000, 3_600_000, 86_400_000] as const;
const CODE = 'code' as LicenceCodeHash;

export class Stage {
  readonly world: World;
  readonly cart: CartAgent;
  readonly gateway: Gateway;
  readonly network: Network;
  readonly #liar: Liar;
  readonly #facility: Facility;
  #licence = issueLicence({
    id: 'lcnc-1' as LicenceId,
    subject: { kind: 'cart', serial: CART },
    codeHash: CODE,
    nowMs: 0,
    lifetimeMs: 86_400_000,
  });

  constructor(world: World, wantsSecond: readonly Activity[] | null) {
    this.world = world;
    this.#facility = new Facility(world.ghost, wantsSecond);
    this.network = new Network(world);
    const workstations = new Workstations(world.ghost);
    const tellCart = (connection: Connection, message: ToCart): void =>
      this.network.send(connection, 'cart', () => {
        world.note('cart', `← ${describeMessage(message)}`);
        this.cart.take(connection, message);
      });
    this.gateway = new Gateway({ world, network: this.network, workstations, tellCart });
    this.cart = new CartAgent({
      world,
      network: this.network,
      limits: world.ghost.limits,
      isDeskUp: () => this.gateway.isUp,
      bounds: () => this.#facility.bounds,
      tellDesk: (connection, message) =>
        this.network.send(connection, 'desk', () => this.gateway.take(connection, message)),
    });
    this.#liar = new Liar({
      world,
      gateway: this.gateway,
      workstations,
      tellCart,
      drop: (connection) => {
        this.network.close(connection, 'desk');
        this.gateway.desk.lost(connection);
      },
    });
    world.describe = () => describeState(this.cart);
  }

  /** The moment at which a command is due. */
  dueMs(pace: Pace): number {
    const { nowMs, ghost } = this.world;
    if ('ms' in pace) return nowMs + pace.ms;
    const ahead = ghost.limitsAhead(this.cart.state.phase).filter((limitMs) => limitMs > nowMs);
    const limitMs = ahead[pace.toLimit % Math.max(1, ahead.length)];
    return limitMs === undefined ? nowMs + 50 : Math.max(nowMs, limitMs + pace.offsetMs);
  }

  /** Does what a command says. */
  perform({ kind, roll }: Command): void {
    this.world.dice.reseed(roll);
    this.#perform(kind);
  }

  /** Repairs everything, so that what was begun can come to its end. */
  heal(): void {
    this.network.heal();
    this.#makeRoom();
    this.cart.lateTimersUntil(0);
    this.cart.journal.slowUntilMs = 0;
    this.gateway.disk.ledger.slowUntilMs = 0;
  }

  #makeRoom(): void {
    this.cart.journal.hasRoom();
    this.gateway.disk.ledger.hasRoom();
  }

  #perform(kind: CommandKind): void {
    const { cart, gateway, world } = this;
    const { dice } = world;
    if (kind === 'policy-changes') return this.#facility.change(dice);
    const isAtCart = /^(?:operator|second|clinic|indicator)-/.test(kind);
    if (isAtCart) return this.#operate(kind);
    const technician = dice.pick([TECHNICIANS[0], TECHNICIANS[0], TECHNICIANS[1]]);
    const isOfGateway = kind.startsWith('desk') || kind.startsWith('technician') || kind === 'lie';
    if (isOfGateway && kind !== 'technician-use' && !gateway.isUp) return;
    switch (kind) {
      case 'technician-next':
        return this.#workOn(technician);
      case 'technician-use':
        return cart.streams.use();
      case 'technician-again':
        return gateway.openActivity(technician, dice.pick(ACTIVITIES));
      case 'technician-upload':
        if (gateway.cases.open !== null) gateway.transfers.upload(gateway.cases.open.id);
        return;
      case 'technician-hold':
        return gateway.transfers.hold(technician.id);
      case 'technician-cancel':
        return gateway.transfers.cancel(technician.id);
      case 'technician-leave':
        return gateway.desk.leave(technician);
      case 'desk-resolve':
        return gateway.cases.resolve();
      case 'desk-designate':
        return gateway.cases.designate(technician.id);
      case 'desk-open-case':
        return gateway.cases.begin(technician.id);
      case 'licence-redeem':
        return this.#redeem();
      case 'lie':
        return this.#liar.lie();
      default:
        return this.#suffer(kind);
    }
  }

  /** What an operator does. */
  #operate(kind: CommandKind): void {
    const { cart } = this;
    const { dice } = this.world;
    if (!cart.isUp) return;
    switch (kind) {
      case 'operator-next':
        return this.#operateNext();
      case 'operator-press':
        return cart.panel.press();
      case 'operator-accept':
        return cart.panel.accept(dice.percent(90) ? undefined : 'another version');
      case 'operator-decline':
        return cart.panel.decline();
      case 'operator-consent':
        return this.#consent();
      case 'operator-withdraw':
        return cart.panel.withdraw(dice.pick(ACTIVITIES));
      case 'operator-pause':
        return cart.panel.pause();
      case 'operator-lift':
        return cart.panel.lift();
      case 'clinic-needs-cart':
        return cart.panel.raiseInterlock(dice.pick(INTERLOCK_SOURCES));
      case 'operator-lifts-interlock':
        return cart.panel.liftInterlock();
      case 'operator-end':
        return cart.panel.end('operator-ended');
      case 'operator-wavers':
        return this.#waver();
      case 'operator-dismiss':
        return cart.panel.dismiss();
      case 'second-answers':
        return this.#second();
      case 'second-refuses':
        return cart.panel.refuseSecond();
      case 'indicator-lost':
        return cart.panel.end('indicator-lost');
      default:
        return;
    }
  }

  /** What comes naturally on the page that is shown. */
  #operateNext(): void {
    const { cart } = this;
    const { state } = cart;
    // The page that is shown then has nothing else on it.
    if (state.interlock !== undefined) return cart.panel.liftInterlock();
    switch (state.phase) {
      case 'idle':
        return cart.panel.press();
      case 'notice':
        return cart.panel.accept();
      case 'waiting':
        return state.approval.is === 'asked' ? this.#second() : this.#consent();
      case 'granted':
      case 'open':
        return state.paused ? cart.panel.lift() : undefined;
      case 'ended':
        return cart.panel.dismiss();
      case 'dialling':
        return;
    }
  }

  /** Says yes, and no before that can have been written down. */
  #waver(): void {
    const { cart } = this;
    this.#operateNext();
    if (isInSession(cart.state)) return cart.panel.pause();
    cart.panel.end('operator-ended');
    cart.panel.press();
  }

  /** Touches one of those who are shown: usually with everything they ask for, sometimes with less or more. */
  #consent(): void {
    const { state } = this.cart;
    const { dice } = this.world;
    if (state.phase !== 'waiting' || state.requests.length === 0) return;
    const request = dice.pick(state.requests);
    const way = dice.below(10);
    const all: readonly Activity[] = request.activities;
    const some = all.filter(() => dice.percent(60));
    const chosen = way < 6 ? all : way < 9 ? some : ACTIVITIES;
    this.cart.panel.consent(request.id, chosen, dice.percent(15));
  }

  /** A second person types a PIN: mostly the right one, sometimes somebody who may not. */
  #second(): void {
    const { dice } = this.world;
    const who = dice.percent(90) ? dice.pick(APPROVERS) : STRANGER;
    this.cart.panel.second(who, dice.percent(80));
  }

  /** What a technician does next at the console. */
  #workOn(technician: Technician): void {
    const { gateway } = this;
    const { dice } = this.world;
    const { granted } = gateway.desk;
    if (granted === null) {
      const asked = dice.percent(70) ? ACTIVITIES : ACTIVITIES.filter(() => dice.percent(60));
      const isFit = asked.length > 0 && (!asked.includes('control') || asked.includes('view'));
      if (!gateway.desk.hasAsked(technician) || dice.percent(20)) {
        gateway.desk.request(technician, isFit ? asked : ['view']);
      }
      return;
    }
    const holder = TECHNICIANS.find(({ id }) => id === granted.row.technician) ?? technician;
    if (granted.link === 'returned') {
      // Before the technician claims it is when there is most to gain.
      if (this.world.has('gateway-lies') && dice.percent(50)) this.#liar.lie();
      else gateway.desk.resume(holder);
      return;
    }
    const way = dice.below(10);
    if (way < 4) gateway.openActivity(holder, way === 0 ? 'control' : 'view');
    else if (way < 8) gateway.moveFile(holder, 'from-cart', dice.below(2));
    else gateway.moveFile(holder, 'to-cart', 0);
  }

  /** A field engineer redeems the licence code, once more or with a key that somebody else has made. */
  #redeem(): void {
    const { world } = this;
    const key = world.dice.percent(70) ? 'key of the cart' : 'key of a thief';
    const nowMs = world.nowMs;
    const subject = { kind: 'cart', serial: CART } as const;
    try {
      const asked = { codeHash: CODE, subject, keyThumbprint: key, nowMs };
      const { licence, outcome } = world.rules.redeem(this.#licence, asked);
      this.#licence = licence;
      world.reach(`licence ${outcome}`);
      world.observe({ is: 'licence-served', key });
      world.ghost.licenceKey ??= key;
    } catch (refusal) {
      if (!(refusal instanceof DomainError)) throw refusal;
      world.reach(`refused ${refusal.code}`);
    }
  }

  /** The network is gone for a while; sometimes it breaks again as soon as it is back. */
  #cut(forMs: number): void {
    const { world, network } = this;
    network.cut();
    world.after(forMs, 'world', () => {
      network.heal();
      if (world.dice.percent(30)) {
        world.after(world.dice.below(FLAP_MS_MAX), 'world', () => this.#cut(FLAP_MS_MAX));
      }
    });
  }

  /** What goes wrong. */
  #suffer(kind: CommandKind): void {
    const { world, cart, gateway } = this;
    const { dice } = world;
    const forMs = 500 + dice.below(TROUBLE_MS_MAX);
    if (kind !== 'straggling-write') world.reach(`fault ${kind}`);
    switch (kind) {
      case 'network-cut':
        return this.#cut(forMs);
      case 'cart-crash':
      case 'cart-reboot':
        return cart.crash(forMs, kind === 'cart-reboot');
      case 'gateway-crash':
        return gateway.crash(forMs);
      case 'wall-clock-jump':
        world.utcOffsetMs += dice.pick(JUMPS_MS);
        return;
      case 'cart-disk-full':
        cart.journal.isFull = true;
        return world.after(forMs, 'world', () => cart.journal.hasRoom());
      case 'gateway-disk-full':
        gateway.disk.ledger.isFull = true;
        return world.after(forMs, 'world', () => gateway.disk.ledger.hasRoom());
      case 'disk-slow':
        (dice.percent(60) ? cart.journal : gateway.disk.ledger).slowUntilMs = world.nowMs + forMs;
        return;
      case 'timer-late':
        cart.lateTimersUntil(world.nowMs + forMs);
        return;
      case 'file-changed':
        return cart.files.change(dice.below(2));
      case 'straggling-write':
        return gateway.destructions.expectStray();
      default:
        return;
    }
  }
}

function describeState({ state, isUp }: CartAgent): string {
  if (!isUp) return 'down';
  if (!isInSession(state)) return state.phase === 'ended' ? `ended: ${state.reason}` : state.phase;
  return `${state.phase}${state.paused ? ', paused' : ''}, link ${state.link.is}`;
}

function describeMessage(message: ToCart): string {
  switch (message.type) {
    case 'offer':
      return `offer of ${message.offered?.id ?? 'nothing'}: ${message.requests.map(({ id, technician }) => `${id} of ${technician}`).join(', ')}`;
    case 'ask':
      return `ask "${message.ask.activity}" under ${message.ask.grantId} (${message.ask.by ?? 'liar'})`;
    case 'resume':
      return `resume signed by ${message.request.technician} for ${message.request.challenge}`;
    case 'end':
      return `end: ${message.reason}`;
    case 'hello':
      return 'hello';
  }
}
