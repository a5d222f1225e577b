import type { InstrumentId } from "../../engines/market/index.ts";
import type {
  Command,
  CommandResult,
  Draft,
  FromDesk,
  OrderRow,
  ViewName,
  Views,
} from "../../src/desk/protocol.ts";
import type { ChainSide } from "../../src/desk/protocol-desk.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { LedgerClient } from "../../src/shell/ledger-client.ts";
import type { LiveBoot } from "../../src/shell/live/live-boot.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import { pause, until } from "../harness/until.ts";

/** A live desk as its screen drives it: commands with their answers, and the newest model of each view. */
export class Trader {
  readonly session: LiveSession;
  private readonly models = new Map<number, unknown>();
  private readonly answers = new Map<number, (result: CommandResult) => void>();
  private readonly subs = new Map<string, number>();
  /** Contracts by their slots, as the screen is told of them. */
  readonly slots = new Map<number, InstrumentId>();
  private n = 0;

  constructor(boot: LiveBoot) {
    this.session = new LiveSession(boot, (m) => this.take(m), systemClock);
    this.session.begin();
    if (boot.stateDir === null) return;
    const ledger = { path: `${boot.stateDir}/ledger.sqlite`, accounts: boot.broker?.accounts ?? null };
    LedgerClient.open(ledger, (log) => this.session.ledgerOpened(log));
  }

  private take(message: FromDesk): void {
    if (message.t === "view") this.models.set(message.sub, message.model);
    if (message.t === "welcome" || message.t === "slots")
      for (const { slot, instrument } of message.slots) this.slots.set(slot, instrument.id);
    if (message.t === "result") this.answers.get(message.id)?.(message.result);
  }

  command(command: Command): Promise<CommandResult> {
    const id = ++this.n;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.session.receive({ t: "command", id, command });
    });
  }

  /** The newest model of a view that fits. */
  async seen<V extends ViewName>(
    view: V,
    params: Views[V]["params"],
    fits: (model: Views[V]["model"]) => boolean = () => true,
  ): Promise<Views[V]["model"]> {
    const key = `${view} ${JSON.stringify(params)}`;
    let sub = this.subs.get(key);
    if (sub === undefined) {
      sub = ++this.n;
      this.subs.set(key, sub);
      this.session.receive({ t: "subscribe", sub, view, params } as never);
    }
    const newest = () => this.models.get(sub) as Views[V]["model"] | null | undefined;
    const fitting = () => {
      const model = newest();
      return model !== undefined && model !== null && fits(model) && model;
    };
    return until(`${key}, that ${String(fits)}`, fitting, newest);
  }

  order(id: string, fits: (row: OrderRow) => boolean = () => true): Promise<OrderRow> {
    const find = (m: Views["orders"]["model"]) => m.rows.find((r) => r.id === id && fits(r));
    return this.seen("orders", {}, (m) => find(m) !== undefined).then((m) => find(m) as OrderRow);
  }

  /** Stages, previews, accepts what asks for it and presses C until it counts. */
  async trade(draft: Partial<Draft> & { readonly legs: Draft["legs"] }): Promise<string> {
    const staged = await this.command({ name: "stage", draft: { ...DRAFT, ...draft } });
    if (!staged.ok) throw new Error(staged.message ?? "not staged");
    const made = await this.command({ name: "preview", tickets: [staged.made as string] });
    if (!made.ok) throw new Error(made.message ?? "no preview");
    const preview = made.made as string;
    let last: CommandResult = made;
    for (let tries = 0; tries < 30; tries++) {
      const view = await this.seen("preview", { preview });
      for (const g of view.guards)
        if (g.verdict === "confirm" && !g.accepted)
          await this.command({ name: "accept", preview, guard: g.code });
      await pause(330);
      const { hash } = await this.seen("preview", { preview });
      last = await this.command({
        name: "confirm",
        preview,
        hash,
        shownMs: 330,
        screenHash: "s",
        typedQty: null,
      });
      if (last.ok) return last.made as string;
    }
    throw new Error(last.message ?? "not confirmed");
  }
}

const DRAFT: Omit<Draft, "legs"> = {
  side: "buy",
  purpose: "auto",
  qty: { by: "count", n: 1 },
  price: { by: "anchor", anchor: "ask", offset: 0, unit: "t", follows: true },
  tif: "day",
  from: null,
};

/** The call of an underlying that is nearest the money, once it has an implied vol. */
export async function quotedCall(trader: Trader, underlying: InstrumentId): Promise<InstrumentId> {
  const best = ({ iv, delta }: ChainSide): number => {
    const off = (i: number) => (iv[i] === iv[i] ? Math.abs((delta[i] as number) - 0.5) : 9);
    return iv.reduce((at, _, i) => (off(i) < off(at) ? i : at), 0);
  };
  const { calls } = await trader.seen("chain", { underlying, expiry: null }, ({ calls: c }) => {
    const at = best(c);
    return c.iv[at] === c.iv[at] && c.iv.length > 5;
  });
  return trader.slots.get(calls.slot[best(calls)] as number) as InstrumentId;
}
