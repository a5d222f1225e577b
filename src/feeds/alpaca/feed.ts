import type { Instrument } from "../../../engines/market/index.ts";
import type { Clock } from "../../shell/clock.ts";
import { allot } from "../budget.ts";
import type { ChannelView, Coverage, Feed, FeedOut, Want } from "../feed.ts";
import type { Net } from "../net.ts";
import { BackFill, type Gap } from "./back-fill.ts";
import { Bars } from "./bars.ts";
import { Chains } from "./chains.ts";
import { newsName, newsStream } from "./news.ts";
import { AlpacaRest } from "./rest.ts";
import { checkSession } from "./session-check.ts";
import type { AlpacaSetup } from "./setup.ts";
import { SNAPSHOTS, Snapshots } from "./snapshots.ts";
import { AlpacaStream } from "./stream.ts";
import { CLASSES, type Class, classOf, feedName, symbolOf } from "./symbols.ts";

export interface AlpacaOptions {
  readonly setup: AlpacaSetup;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  readonly net?: Net;
  /** Whether a calendar's market trades now. */
  readonly open: (calendar: string) => boolean;
}

/** Its options are quoted all day. */
const CANARY = "SPY";

/** Alpaca: streams of stocks, options and crypto, with REST beside them for what stands and for what cannot stream. */
export class AlpacaFeed implements Feed {
  readonly name: string;
  private readonly rest: AlpacaRest;
  private readonly streams = new Map<Class, AlpacaStream>();
  private readonly snapshots: Snapshots;
  private readonly backFill: BackFill;
  private readonly chain: Chains;
  private readonly bars: Bars;
  private readonly news: AlpacaStream | null;
  /** Chains that somebody wants: where one could not be had, it is asked for again when a stream is back. */
  private readonly wantedChains = new Set<Instrument>();
  private wants: readonly Want[] = [];
  /** A contract by whose silence a mute option stream is told from a quiet market; null before it is known. */
  private canary: string | null = null;
  private seekingCanary = false;
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
    this.bars = new Bars(this.rest, setup, out);
    this.news = setup.news ? newsStream(options) : null;
  }

  start(): void {
    this.started = true;
    for (const stream of this.all()) stream.start();
    this.snapshots.start();
    void checkSession(this.name, this.rest, this.options.out);
  }

  desire(wants: readonly Want[]): void {
    this.wants = wants;
    this.covered.clear();
    const { setup } = this.options;
    const charted = wants.map((w) => w.instrument).filter((i) => i.kind !== "option");
    this.bars.ask(charted);
    this.news?.desire(charted.flatMap((i) => newsName(i) ?? []));
    const rotated: Want[] = [];
    const streamed: Want[] = [];
    for (const kind of CLASSES) {
      const all = wants.filter((w) => classOf(w.instrument) === kind);
      if (kind === "options" && all.length > 0) this.seekCanary();
      const { mine, alone } = kind === "options" ? this.withCanary(all) : { mine: all, alone: null };
      if (mine.length === 0 && !this.streams.has(kind)) continue;
      const stream = this.stream(kind);
      const most = Math.min(this.limitOf(kind), stream.wants.limit ?? Number.POSITIVE_INFINITY);
      const limit = alone === null ? most : most - 1;
      const share = allot(mine, { channel: this.channelName(kind), limit }, setup.rotated, this.covered);
      const symbols = share.streamed.flatMap((w) => symbolOf(w.instrument) ?? []);
      stream.desire(alone === null ? symbols : [alone, ...symbols]);
      streamed.push(...share.streamed);
      rotated.push(...share.rotated);
    }
    this.snapshots.follow(streamed, rotated);
  }

  chains(underlyings: readonly Instrument[]): void {
    for (const u of underlyings) if (classOf(u) === "stocks") this.wantedChains.add(u);
    this.askForChains();
  }

  private askForChains(): void {
    for (const u of this.wantedChains) this.chain.ask(u);
  }

  private all(): AlpacaStream[] {
    return [...this.streams.values(), ...(this.news === null ? [] : [this.news])];
  }

  /** Once there are options to stream. */
  private seekCanary(): void {
    if (this.canary !== null || this.seekingCanary) return;
    this.seekingCanary = true;
    this.chain
      .liveliest(CANARY)
      .then((symbol) => {
        this.canary = symbol;
        if (symbol !== null) this.desire(this.wants);
      })
      // Without one the streamed contracts themselves are asked about.
      .catch(() => {});
  }

  /** The canary before all others; `alone` where the desk does not know it yet. */
  private withCanary(all: readonly Want[]): {
    readonly mine: readonly Want[];
    readonly alone: string | null;
  } {
    const { canary } = this;
    const is = (w: Want): boolean => symbolOf(w.instrument) === canary;
    if (canary === null || all.length === 0) return { mine: all, alone: null };
    const known = all.find(is);
    if (known === undefined) return { mine: all, alone: canary };
    const why = known.why === "rest" ? "canary" : known.why;
    return { mine: [{ ...known, why }, ...all.filter((w) => !is(w))], alone: null };
  }

  channels(): readonly ChannelView[] {
    return this.all()
      .map((s) => s.view)
      .concat(this.snapshots.view());
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
    const mine = this.all().filter((s) => channel === undefined || s.name === channel);
    for (const stream of mine) stream.reconnect();
    const all = channel === undefined || channel === SNAPSHOTS;
    if (all) this.snapshots.afresh();
    return mine.length > 0 || all;
  }

  distrust(reason: string): void {
    for (const stream of this.all()) stream.distrust(reason);
    if (this.started) void checkSession(this.name, this.rest, this.options.out);
  }

  async close(): Promise<void> {
    for (const stream of this.all()) stream.close();
    this.snapshots.stop();
    this.backFill.stop();
    this.bars.stop();
    this.chain.stop();
    this.rest.close();
  }

  private refill(kind: Class, symbols: readonly string[], gap: Gap): void {
    const stream = this.streams.get(kind);
    this.backFill.ask(kind, symbols, gap, (prints) => {
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
    return feedName(this.options.setup, kind);
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
      begun: (symbols) => {
        this.snapshots.begun(kind, symbols);
        this.askForChains();
      },
      newestByRest: (symbols) => this.snapshots.newest(kind, symbols),
      ...(net && { net }),
      open: () => open(kind === "crypto" ? "24H" : "NYSE"),
      back: (symbols, gap) => this.refill(kind, symbols, gap),
    });
    this.streams.set(kind, stream);
    if (this.started) stream.start();
    return stream;
  }
}
