import type { IncomingMessage } from "node:http";
import type { VenueContext } from "../context.ts";
import type { Sink } from "../hub.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { Wire } from "../net/wire.ts";
import { ACCOUNT } from "./account.ts";
import type { Contracts } from "./contracts.ts";
import { availability, type Fields } from "./fields.ts";
import type { Login } from "./login.ts";
import { OrderTopics } from "./order-topics.ts";
import type { IbkrOrders } from "./orders.ts";
import type { IbkrOrderRest } from "./rest-orders.ts";

const HEARTBEAT_MS = 10_000;
const SEND_EVERY_US = 500_000;
const NO_PRICE = "-1.00";
const USUAL_AGE_MS = 15 * 60_000;

interface MarketData {
  readonly product: Product;
  readonly fields: readonly string[];
  readonly sinceMs: number;
  /** As last sent, so that only what changed follows. */
  readonly sent: Record<string, string>;
  dirty: boolean;
  dueUs: number;
}

/** The broker's websocket: plain text topics in, JSON out. */
export class IbkrStream implements Sink {
  private readonly data = new Map<number, MarketData>();
  private readonly session: string | null;
  private readonly topics: OrderTopics;
  private stopBeat: () => void = () => {};
  private readonly offs: (() => void)[] = [];

  constructor(
    private readonly context: VenueContext,
    private readonly wire: Wire,
    private readonly contracts: Contracts,
    private readonly fields: Fields,
    private readonly login: Login,
    orders: IbkrOrders,
    rest: IbkrOrderRest,
    request: IncomingMessage,
  ) {
    this.topics = new OrderTopics(context, wire.path, orders, rest, (m) => {
      if (this.live) this.out(m);
    });
    this.session = sessionOf(request.headers.cookie ?? "");
    wire.onMessage((data) => this.message(data.toString("utf8")));
    wire.onClose(() => this.gone());
    this.offs.push(
      login.onChange(() => this.status()),
      context.hub.onRound((nowUs) => this.round(nowUs)),
    );
    this.out({ message: "waiting for session" });
    if (this.live) this.greet();
    else this.status();
    this.beatLater();
  }

  /** The socket belongs to the session of now; one of an earlier login stays open and is told nothing. */
  private get live(): boolean {
    return this.session === this.login.session && this.login.authenticated;
  }

  private greet(): void {
    this.out({ topic: "system", success: "venue", isFT: false, isPaper: true });
    this.status();
    this.out({
      topic: "act",
      args: {
        accounts: [ACCOUNT],
        acctProps: {},
        aliases: { [ACCOUNT]: ACCOUNT },
        selectedAccount: ACCOUNT,
        isPaper: true,
      },
    });
  }

  private status(): void {
    if (this.context.faults.has("zombie", this.wire.path)) return;
    const { authenticated, competing } = this.login;
    this.out({ topic: "sts", args: { authenticated: authenticated && this.live, competing, message: "" } });
  }

  private beatLater(): void {
    this.stopBeat = this.context.clock.after(HEARTBEAT_MS, () => {
      const { faults } = this.context;
      const dead =
        faults.has("noHeartbeat", this.wire.path) || (faults.has("zombie", this.wire.path) && !this.live);
      if (!dead) this.out({ topic: "system", hb: Math.floor(this.context.clock.wallUs() / 1000) });
      this.beatLater();
    });
  }

  private message(text: string): void {
    const [topic = "", target = ""] = text.split("+", 2);
    const args = text.slice(topic.length + target.length + 2);
    this.context.stats.attempt(`ibkr ws ${topic}`);
    if (topic === "tic") this.tic();
    else if (topic === "ech") this.tic();
    else if (topic === "smd") this.subscribe(target, args);
    else if (topic === "umd") this.unsubscribe(Number(target.split("@")[0]));
    else if (this.live && this.topics.handle(topic, args === "" ? target : args)) return;
    else if (topic === "usd" || topic === "uld")
      this.out({ result: `unsubscribed from ${topic === "usd" ? "summary" : "ledger"}` });
  }

  private tic(): void {
    const lastAccessed = Math.floor(this.context.clock.wallUs() / 1000);
    this.out({ topic: "tic", alive: this.live, id: this.login.session, lastAccessed });
  }

  private subscribe(target: string, args: string): void {
    const conid = Number(target.split("@")[0]);
    const product = this.contracts.find(conid);
    if (!this.live) return;
    if (product === null) return this.out({ topic: `smd+${target}`, error: "unknown conid", code: 400 });
    this.unsubscribe(conid);
    this.data.set(conid, {
      product,
      fields: fieldsOf(args),
      sinceMs: this.context.clock.monotonicMs(),
      sent: {},
      dirty: true,
      dueUs: 0,
    });
    this.context.hub.quotes.change(product, this, true);
    this.context.hub.trades.change(product, this, true);
  }

  private unsubscribe(conid: number): void {
    const gone = this.data.get(conid);
    if (gone === undefined) return;
    this.data.delete(conid);
    this.context.hub.quotes.change(gone.product, this, false);
    this.context.hub.trades.change(gone.product, this, false);
  }

  event(event: MarketEvent): void {
    const data = this.data.get(this.contracts.conidOf(event.product));
    if (data !== undefined) data.dirty = true;
  }

  flush(): void {}

  private round(nowUs: number): void {
    const fault = this.context.faults.take("smdAge", this.wire.path, true);
    const age = fault === null ? USUAL_AGE_MS : (fault.params["ms"] as number);
    const nowMs = this.context.clock.monotonicMs();
    for (const [conid, d] of this.data) {
      if (nowMs - d.sinceMs > age) this.unsubscribe(conid);
      else if (this.live && d.dirty && nowUs >= d.dueUs) this.tell(conid, d, nowUs);
    }
  }

  /** The first message is full, the later ones hold what changed. */
  private tell(conid: number, d: MarketData, nowUs: number): void {
    d.dirty = false;
    d.dueUs = nowUs + SEND_EVERY_US;
    const values = {
      ...gone(d.sent),
      ...this.fields.of(d.product, d.fields),
      "6509": availability(this.context.faults, this.wire.path),
    };
    const changed = Object.entries(values).filter(([code, v]) => d.sent[code] !== v);
    if (changed.length === 0) return;
    const first = Object.keys(d.sent).length === 0;
    Object.assign(d.sent, values);
    const head = { topic: `smd+${conid}`, conid, conidEx: String(conid), server_id: "q0" };
    const server = first ? { "6119": "q0" } : {};
    const message = {
      ...head,
      _updated: this.fields.updatedMs(d.product),
      ...server,
      ...Object.fromEntries(changed),
    };
    this.wire.sendData(JSON.stringify(message), this.context.chance());
  }

  private out(message: object): void {
    this.wire.send(JSON.stringify(message));
  }

  subscribed(): number[] {
    return [...this.data.keys()];
  }

  private gone(): void {
    this.stopBeat();
    this.topics.close();
    for (const off of this.offs) off();
    this.context.hub.drop(this);
  }
}

/** Only what changed is told: a side without a price any more must be said to have none. */
const gone = (sent: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(["84", "86"].flatMap((side) => (sent[side] === undefined ? [] : [[side, NO_PRICE]])));

/** The session in a cookie, bare or as JSON. */
function sessionOf(cookie: string): string | null {
  const value = /(?:^|;\s*)api=([^;]+)/.exec(cookie)?.[1];
  if (value === undefined) return null;
  const text = decodeURIComponent(value);
  return /"session"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? text;
}

function fieldsOf(args: string): string[] {
  try {
    const value = JSON.parse(args) as { fields?: unknown };
    return Array.isArray(value.fields) ? value.fields.map(String) : [];
  } catch {
    return [];
  }
}
