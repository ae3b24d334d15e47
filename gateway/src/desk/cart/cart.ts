/**
 * The carts that this gateway knows: licensed ones, and what they said of themselves when they last connected.
 */
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { Authority } from '../../authority/contract.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { createTable } from '../../platform/database/schema.ts';
import type { Events } from '../events/events.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';

interface CartRow {
  readonly serial: string;
  readonly model: string;
  readonly software: string;
  readonly seen_at: number;
}
interface CartTables {
  readonly desk_cart: CartRow;
}

export const CART_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0005-carts',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_cart', {
        serial: { kind: 'text', primaryKey: true },
        model: { kind: 'text' },
        software: { kind: 'text' },
        seen_at: { kind: 'instant' },
      });
    },
  },
];

export interface KnownCart {
  readonly serial: string;
  readonly model: string | null;
  readonly online: boolean;
  readonly seenUtcMs: number | null;
}

export class Carts {
  readonly #context: DeskContext;
  readonly #authority: Pick<Authority, 'licences'>;
  readonly #tunnel: Tunnel;

  constructor(
    context: DeskContext,
    authority: Pick<Authority, 'licences'>,
    tunnel: Tunnel,
    events: Events,
  ) {
    this.#context = context;
    this.#authority = authority;
    this.#tunnel = tunnel;
    tunnel.onLink((link) => {
      const { serial } = link.identity;
      const { model, software } = link.hello;
      const seen = (): void =>
        void this.#see(serial, model, software).then(() => events.cartsChanged());
      seen();
      link.ended.addEventListener('abort', seen, { once: true });
    });
  }

  /** Licensed carts by serial, whether or not they have ever connected. */
  async list(): Promise<readonly KnownCart[]> {
    const rows = await this.#context.database
      .db<CartTables>()
      .selectFrom('desk_cart')
      .selectAll()
      .execute();
    const seen = new Map(rows.map((row) => [row.serial, row]));
    const serials = new Set(seen.keys());
    for (const { subject, retiredAtMs } of await this.#authority.licences()) {
      if (subject.kind === 'cart' && retiredAtMs === undefined) serials.add(subject.serial);
    }
    return [...serials].toSorted().map((serial) => ({
      serial,
      model: seen.get(serial)?.model ?? null,
      online: this.#tunnel.linkOf(serial) !== null,
      seenUtcMs: seen.get(serial)?.seen_at ?? null,
    }));
  }

  /** What each cart that ever connected said of itself then, by serial. */
  async seen(): Promise<
    ReadonlyMap<string, { readonly model: string; readonly software: string }>
  > {
    const rows = await this.#context.database
      .db<CartTables>()
      .selectFrom('desk_cart')
      .select(['serial', 'model', 'software'])
      .execute();
    return new Map(rows.map(({ serial, model, software }) => [serial, { model, software }]));
  }

  /** Tells whether a cart is licensed here. */
  async isKnown(serial: string): Promise<boolean> {
    return (await this.list()).some((cart) => cart.serial === serial);
  }

  async #see(serial: CartSerial, model: string, software: string): Promise<void> {
    const seen = { model, software, seen_at: this.#context.clock.utcMs() };
    try {
      await this.#context.database
        .db<CartTables>()
        .insertInto('desk_cart')
        .values({ serial, ...seen })
        .onConflict((conflict) => conflict.column('serial').doUpdateSet(seen))
        .execute();
    } catch (fault) {
      this.#context.log.warn(
        { cart: serial, err: fault },
        'when a cart was seen could not be kept',
      );
    }
  }
}
