import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InstrumentId, type IsoDay, tickAt } from "../../../engines/market/index.ts";
import type { OrderState } from "../../../engines/orders/index.ts";
import type { RealBroker } from "../../../src/brokers/setup.ts";
import type { OrderCommand } from "../../../src/desk/protocol.ts";
import { orderCommand } from "../../../src/orders/commands.ts";
import { OrderDesk } from "../../../src/orders/order-desk.ts";
import { LedgerFile } from "../../../store/ledger/ledger.ts";
import { removeFolder } from "../../harness/folders.ts";
import { ORDER_SETTINGS } from "../../shell/boot.ts";
import { SmallMarket } from "../../sim/market.ts";
import type { BrokerRig, Wanted } from "./rig.ts";

const digest = (name: string) => (text: string) => createHash(name).update(text).digest("hex");
/** The desk waits this part of its usual times before it asks again. */
const HASTE = 0.1;
/** Client ids are unique for ever at a venue: no two desks of these tests give out the same ticket. */
let tickets = 0;

/** The real order desk on a real ledger file, driving a broker over real sockets; it can be dropped and started again at any moment. */
export class DeskAtVenue {
  /** How often each client id went out, over all lives: never more than once. */
  readonly submits = new Map<string, number>();
  lives = 0;
  desk!: OrderDesk;
  private broker!: RealBroker;
  private file!: LedgerFile;
  private readonly dir = mkdtempSync(join(tmpdir(), "voldesk-outcome-"));
  private readonly market: SmallMarket;
  private readonly firstTicket = (tickets += 1_000);
  /** Mid of each contract as this desk sees it. */
  private readonly mids = new Map<InstrumentId, number>();

  private constructor(private readonly rig: BrokerRig) {
    const { instruments, venue, account, mode } = rig;
    const quotes = instruments.map(() => [1, 1.1] as const);
    const of = { instruments, quotes, nowUs: venue.nowUs() as never, day: venue.day as IsoDay };
    this.market = new SmallMarket(account, mode, of);
  }

  static async start(rig: BrokerRig): Promise<DeskAtVenue> {
    const at = new DeskAtVenue(rig);
    await at.begin();
    return at;
  }

  private async begin(): Promise<void> {
    this.broker = counted(await this.rig.open(), this.submits);
    this.file = LedgerFile.open(join(this.dir, "ledger.sqlite"));
    const life = ++this.lives;
    const { file, broker, rig, market } = this;
    const alive = (): boolean => this.lives === life;
    const { records, lastOrder, lastTicket } = file.load();
    const { defaults, limits } = ORDER_SETTINGS;
    market.desk.overlay = null;
    this.desk = new OrderDesk({
      world: {
        digests: { sha1: digest("sha1"), sha256: digest("sha256") },
        context: () => this.now().context(),
        nowUs: () => rig.venue.nowUs() as never,
        seq: () => 0,
        monotonicMs: () => performance.now(),
        after: (ms, run) => {
          const timer = setTimeout(() => {
            if (alive()) run();
          }, ms * HASTE);
          return () => clearTimeout(timer);
        },
        note: () => undefined,
        changed: () => undefined,
        slowDown: () => null,
        define: () => true,
      },
      ledger: {
        append: (rows, done) => {
          if (!alive()) return;
          file.append(rows, 0);
          done(null);
        },
      },
      broker: () => broker,
      rules: {
        mode: rig.mode,
        account: rig.account,
        limits: { ...limits, ratePerMinute: 1e6, duplicateMs: 0, dayLossPct: 1e6 },
        defaults,
        fees: [],
      },
      previews: { lifeUs: 15_000_000, shownMs: 0, typedAbove: null },
      baseCcy: "USD",
      base: `${rig.account}@venue`,
      onward: true,
      readOnly: null,
      session: "venue",
      day: rig.venue.day,
      records,
      lastOrder,
      lastTicket: Math.max(lastTicket, this.firstTicket),
    });
  }

  /** The desk is gone as by a crash: its sockets close, nothing that it still wanted is done. */
  async restart(whileOff: () => void = () => undefined): Promise<void> {
    this.drop();
    whileOff();
    await this.begin();
  }

  private drop(): void {
    this.lives++;
    this.file.close();
    void this.broker.close();
  }

  end(): void {
    this.drop();
    removeFolder(this.dir);
  }

  private now(): SmallMarket {
    const { market, rig } = this;
    market.nowUs = rig.venue.nowUs() as never;
    const quotes = rig.instruments.map((i): readonly [number, number] => {
      const mid = this.mids.get(i.id) ?? 1;
      const tick = tickAt(i.ticks, mid);
      return [mid - tick, mid + tick];
    });
    market.quote(quotes, 1_000);
    return market;
  }

  /** The desk's own market has a contract at this mid from now on. */
  mark(id: InstrumentId, mid: number): void {
    this.mids.set(id, mid);
  }

  command(command: OrderCommand) {
    const result = orderCommand(this.desk, command);
    this.desk.overlay();
    if (!result.ok) throw new Error(`${command.name}: ${result.message}`);
    return result;
  }

  /** Stages, previews, accepts and confirms; the client id of what went out. */
  order(wanted: Wanted, price: string, qty: number): string {
    const [first, ...others] = wanted.legs;
    for (const leg of others) this.mids.set(leg.instrument, 1);
    const rest = others.reduce((sum, leg) => sum + leg.ratio, 0);
    if (first !== undefined) this.mids.set(first.instrument, (Number(price) - rest) / first.ratio);
    const { made: ticket } = this.command({
      name: "stage",
      draft: {
        legs: wanted.legs,
        side: "buy",
        purpose: "auto",
        qty: { by: "count", n: qty },
        price: { by: "limit", price },
        tif: "day",
        from: null,
      },
    });
    const { made: shown } = this.command({ name: "preview", tickets: [ticket as string] });
    const preview = this.desk.previews.get(shown as string);
    if (preview === undefined) throw new Error("no preview");
    for (const { code, verdict } of preview.rows.flatMap((row) => row.previewed.guards))
      if (verdict === "confirm") this.command({ name: "accept", preview: preview.id, guard: code });
    const key = { shownMs: 1_000, screenHash: "s", typedQty: null };
    const { made } = this.command({ name: "confirm", preview: preview.id, hash: preview.hash, ...key });
    return this.state(made as string).order.clientId;
  }

  /** Kinds of the records of an order that are on disk. */
  recorded(clientId: string): string[] {
    const { id } = this.state(clientId).order;
    return this.file.load().records.flatMap((r) => ("id" in r && r.id === id ? [r.k] : []));
  }

  /** An order of the ledger in short, for a test that failed. */
  told(id: string): string {
    const { order, status, reason, fills } = this.state(id);
    const executed = [...fills.values()].map((f) => `${f.qty}@${f.legIndex}`).join(" ");
    return `${order.id} ${status} ${order.terms.qty} (${reason ?? ""}) ${executed}`;
  }

  state(id: string): OrderState {
    const state = this.desk.book.find(id);
    if (state === undefined) throw new Error(`${id} is not in the ledger`);
    return state;
  }
}

function counted(broker: RealBroker, submits: Map<string, number>): RealBroker {
  const submit = broker.submit.bind(broker);
  broker.submit = (order, reply) => {
    submits.set(order.clientId, (submits.get(order.clientId) ?? 0) + 1);
    submit(order, reply);
  };
  return broker;
}
