import type { Instrument } from "../../../engines/market/index.ts";
import type { Clock } from "../../shell/clock.ts";
import { allot } from "../budget.ts";
import type { ChannelView, Coverage, Feed, FeedOut, Want } from "../feed.ts";
import type { Net } from "../net.ts";
import { BackFill, type Gap } from "./back-fill.ts";
import { Chains } from "./chains.ts";
import { AlpacaRest } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";
import { SNAPSHOTS, Snapshots } from "./snapshots.ts";
import { AlpacaStream } from "./stream.ts";
import { CLASSES, type Class, classOf, symbolOf } from "./symbols.ts";

export interface AlpacaOptions {
  readonly setup: AlpacaSetup;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  readonly net?: Net;
  /** Whether a calendar's market trades now. */
  readonly open: (calendar: string) => boolean;
}

/** Alpaca: streams of stocks, options and crypto, with REST beside them for what stands and for what cannot stream. */
export class AlpacaFeed implements Feed {
  readonly name: string;
  private readonly rest: AlpacaRest;
  private readonly streams = new Map<Class, AlpacaStream>();
  private readonly snapshots: Snapshots;
  private readonly backFill: BackFill;
  private readonly chain: Chains;
  private readonly covered = new Map<string, Coverage>();
  private started = false;

  constructor(private readonly options: AlpacaOptions) {
    const { setup, clock, out, net } = options;
    this.name = setup.name;
    this.rest = new AlpacaRest({
      ...setup,
      credentials: setup.keys,
      clock,
      perMinute: setup.restPerMinute,
      ...(net && { net }),
    });
    this.snapshots = new Snapshots(this.rest, setup, clock, out);
    this.backFill = new BackFill(this.rest, setup, clock, out);
    this.chain = new Chains(this.rest, setup, out);
  }

  start(): void {
    this.started = true;
    for (const stream of this.streams.values()) stream.start();
    this.snapshots.start();
  }

  desire(wants: readonly Want[]): void {
    this.covered.clear();
    const { setup } = this.options;
    const rotated: Want[] = [];
    const streamed: Want[] = [];
    for (const kind of CLASSES) {
      const mine = wants.filter((w) => classOf(w.instrument) === kind);
      if (mine.length === 0 && !this.streams.has(kind)) continue;
      const stream = this.stream(kind);
      const limit = Math.min(this.limitOf(kind), stream.wants.limit ?? Number.POSITIVE_INFINITY);
      const share = allot(mine, { channel: this.channelName(kind), limit }, setup.rotated, this.covered);
      stream.desire(share.streamed.flatMap((w) => symbolOf(w.instrument) ?? []));
      streamed.push(...share.streamed);
      rotated.push(...share.rotated);
    }
    this.snapshots.follow(streamed, rotated);
  }

  chains(underlyings: readonly Instrument[]): void {
    for (const u of underlyings) if (classOf(u) === "stocks") this.chain.ask(u);
  }

  channels(): readonly ChannelView[] {
    return [...this.streams.values()].map((s) => s.view).concat(this.snapshots.view());
  }

  coverage(instrument: Instrument): Coverage {
    const kind = classOf(instrument);
    if (kind === null) return { how: "none", reason: `${this.name} does not carry it`, why: null };
    const told = this.covered.get(instrument.id) ?? { how: "none", reason: "nobody asked for it", why: null };
    const refused = this.streams
      .get(kind)
      ?.wants.refusals()
      .get(symbolOf(instrument) ?? "");
    if (refused !== undefined) return { ...told, how: "none", reason: refused };
    return told.how === "snapshot" ? { ...told, roundMs: this.snapshots.roundMs } : told;
  }

  streamedSince(instrument: Instrument): number | null {
    const kind = classOf(instrument);
    const symbol = symbolOf(instrument);
    return kind === null || symbol === null ? null : (this.streams.get(kind)?.since(symbol) ?? null);
  }

  channelOf(instrument: Instrument): string | null {
    const kind = classOf(instrument);
    return kind === null ? null : this.channelName(kind);
  }

  reconnect(channel?: string): boolean {
    const mine = [...this.streams.values()].filter((s) => channel === undefined || s.name === channel);
    for (const stream of mine) stream.reconnect();
    const all = channel === undefined || channel === SNAPSHOTS;
    if (all) this.snapshots.afresh();
    return mine.length > 0 || all;
  }

  distrust(reason: string): void {
    for (const stream of this.streams.values()) stream.distrust(reason);
  }

  async close(): Promise<void> {
    for (const stream of this.streams.values()) stream.close();
    this.snapshots.stop();
    this.backFill.stop();
    this.chain.stop();
    this.rest.close();
  }

  private refill(symbols: readonly string[], gap: Gap): void {
    const stream = this.streams.get("options");
    this.backFill.ask(symbols, gap, (prints) => {
      if (prints === null || prints === 0) return;
      stream?.story.backFilled(prints);
      const text = `${stream?.name ?? ""}: ${prints} trades of the gap came back by REST`;
      this.options.out.event({ kind: "note", level: "info", source: "feed", text });
    });
  }

  private limitOf(kind: Class): number {
    const { stockLimit, optionLimit, cryptoLimit } = this.options.setup;
    return kind === "stocks" ? stockLimit : kind === "options" ? optionLimit : cryptoLimit;
  }

  private channelName(kind: Class): string {
    const { stockFeed, optionFeed } = this.options.setup;
    return kind === "stocks" ? stockFeed : kind === "options" ? optionFeed : "crypto";
  }

  private stream(kind: Class): AlpacaStream {
    const known = this.streams.get(kind);
    if (known !== undefined) return known;
    const { setup, clock, chance, out, open, net } = this.options;
    const name = this.channelName(kind);
    const paths: Record<Class, string> = {
      stocks: `/v2/${name}`,
      options: `/v1beta1/${name}`,
      crypto: "/v1beta3/crypto/us",
    };
    const encoding = kind === "options" ? "msgpack" : "json";
    const stream = new AlpacaStream({
      name,
      url: setup.streamUrl + paths[kind],
      encoding,
      keys: kind === "stocks" ? ["quotes", "trades", "statuses"] : ["quotes", "trades"],
      channel: `${encoding === "msgpack" ? "alpaca.msgpack" : "alpaca"}:${name}`,
      limit: this.limitOf(kind),
      credentials: setup.keys,
      clock,
      chance,
      out,
      begun: (symbols) => this.snapshots.begun(kind, symbols),
      newestByRest: (symbols) => this.snapshots.newest(kind, symbols),
      ...(net && { net }),
      open: () => open(kind === "crypto" ? "24H" : "NYSE"),
      ...(kind === "options" ? { back: (symbols, gap) => this.refill(symbols, gap) } : {}),
    });
    this.streams.set(kind, stream);
    if (this.started) stream.start();
    return stream;
  }
}
