import { parseIsoMicros } from "../../../engines/market/index.ts";
import type { Clock } from "../../shell/clock.ts";
import type { ChannelView, FeedOut, Want } from "../feed.ts";
import { ChannelStory } from "../story.ts";
import { type AlpacaRest, RestError } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";
import { type Class, classOf, symbolOf } from "./symbols.ts";

/** Symbols of one request. */
const CHUNK = 100;
/** A request for those that cannot stream goes out this often: a quarter of the free plan's rate. */
const TURN_MS = 1_200;
const IDLE_MS = 250;
/** Requests on their way at once, where many streams began together: a reset must not leave thousands unproven for long. */
const AT_ONCE = 4;

const PATHS: Record<Class, string> = {
  stocks: "/v2/stocks/snapshots",
  options: "/v1beta1/options/snapshots",
  crypto: "/v1beta3/crypto/us/snapshots",
};
const LATEST: Record<Class, string> = {
  stocks: "/v2/stocks/quotes/latest",
  options: "/v1beta1/options/quotes/latest",
  crypto: "/v1beta3/crypto/us/latest/quotes",
};

/** As the screen names them. */
export const SNAPSHOTS = "snapshots";

/**
 * What stands, by REST: at once for what begins to stream, in turn for what cannot stream, and in the same turn for what streams, since a
 * message that was lost on the way is told by nothing else.
 */
export class Snapshots {
  private readonly seen = new Set<string>();
  /** Of which an answer came: all that a snapshot tells beside the quote is known. */
  private readonly asked = new Set<string>();
  private first: Want[] = [];
  /** Since when a proof is wanted of what was asked for before. */
  private readonly unproven = new Map<string, number>();
  private streamed: readonly Want[] = [];
  private rotated: readonly Want[] = [];
  private turning: readonly Want[] = [];
  private at = 0;
  private running = false;
  private readonly story = new ChannelStory();
  private cancel: (() => void) | null = null;
  private problem: string | null = null;
  private lastUs: number | null = null;

  constructor(
    private readonly rest: AlpacaRest,
    private readonly setup: AlpacaSetup,
    private readonly clock: Clock,
    private readonly out: FeedOut,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.again(0);
  }
  stop(): void {
    this.running = false;
    this.cancel?.();
  }

  /** What streams is asked for once at first, whether or not its stream comes up. */
  follow(streamed: readonly Want[], rotated: readonly Want[]): void {
    this.streamed = streamed;
    this.rotated = rotated;
    this.turning = [...rotated, ...streamed];
    const known = new Set(streamed.map((w) => w.instrument.id as string));
    this.first = this.first.filter((w) => known.has(w.instrument.id));
    for (const w of streamed) {
      if (this.seen.has(w.instrument.id)) continue;
      this.seen.add(w.instrument.id);
      this.first.push(w);
    }
  }

  /** By hand: everything that streams is asked for again. */
  afresh(): void {
    this.first = [...this.streamed];
    this.unproven.clear();
  }

  /** How long a whole round takes, ms. */
  get roundMs(): number {
    return Math.max(1, Math.ceil(this.turning.length / CHUNK)) * TURN_MS;
  }

  /**
   * The stream of these began, or began anew: the proof of how they stand must be younger than that. What the stream tells by itself before its
   * turn has come needs no other: a plan's requests would take thousands ten seconds.
   */
  begun(kind: Class, symbols: readonly string[]): void {
    const nowUs = this.out.nowUs();
    const fresh = new Set(symbols);
    const mine = (w: Want): boolean =>
      classOf(w.instrument) === kind && fresh.has(symbolOf(w.instrument) ?? "");
    const again = this.streamed.filter(mine);
    for (const { instrument } of again)
      if (this.asked.has(instrument.id)) this.unproven.set(instrument.id, nowUs);
    this.first = [...this.first.filter((w) => !mine(w)), ...again];
  }

  view(): ChannelView[] {
    if (this.lastUs === null && this.problem === null) return [];
    const turning = this.rotated.length;
    return [
      {
        name: SNAPSHOTS,
        beside: true,
        state: this.problem === null ? "live" : "gap",
        sinceUs: null,
        dataUs: this.lastUs,
        pongUs: null,
        lagMs: null,
        perSecond: 0,
        subscribed: turning,
        troubles: this.story.troubles,
        counters: this.story.counters,
        desired: turning,
        limit: this.setup.rotated,
        note:
          this.problem ??
          (turning === 0 ? null : `${turning} in turn, each every ${Math.ceil(this.roundMs / 1000)} s`),
      },
    ];
  }

  /** Newest time of the latest quotes of some symbols, µs; NaN where nothing is known. */
  async newest(kind: Class, symbols: readonly string[]): Promise<number> {
    if (symbols.length === 0) return Number.NaN;
    const body = await this.rest.data(LATEST[kind], { symbols: symbols.join(","), feed: this.feed(kind) });
    const { quotes } = JSON.parse(body.toString("utf8")) as { quotes?: Record<string, { t?: unknown }> };
    let newest = Number.NaN;
    for (const q of Object.values(quotes ?? {})) {
      const us = typeof q?.t === "string" ? parseIsoMicros(q.t) : null;
      if (us !== null && !(us <= newest)) newest = us;
    }
    return newest;
  }

  private feed(kind: Class): string | undefined {
    return kind === "crypto" ? undefined : kind === "stocks" ? this.setup.stockFeed : this.setup.optionFeed;
  }

  private again(ms: number): void {
    if (this.running) this.cancel = this.clock.after(ms, () => void this.turn());
  }

  private open({ instrument }: Want): boolean {
    const sinceUs = this.unproven.get(instrument.id);
    return sinceUs === undefined || !((this.out.quotedUs?.(instrument) ?? Number.NaN) >= sinceUs);
  }

  private async turn(): Promise<void> {
    this.first = this.first.filter((w) => this.open(w));
    const chunks = [this.nextChunk()];
    while (this.first.length > 0 && chunks.length < AT_ONCE) chunks.push(this.nextChunk());
    if (chunks[0]?.length === 0) return this.again(IDLE_MS);
    await Promise.all(chunks.map((chunk) => this.ask(chunk)));
    this.again(this.first.length > 0 ? 0 : TURN_MS);
  }

  private async ask(chunk: readonly Want[]): Promise<void> {
    const kind = classOf((chunk[0] as Want).instrument) as Class;
    const symbols = chunk.flatMap((w) => symbolOf(w.instrument) ?? []);
    try {
      const body = await this.rest.data(PATHS[kind], { symbols: symbols.join(","), feed: this.feed(kind) });
      const channel = `alpaca.rest:${kind} ${this.feed(kind) ?? "us"}`;
      const { rows } = this.out.frame(channel, body, this.out.nowUs(), "snapshot");
      this.story.heard(body.length, rows);
      for (const { instrument } of chunk) {
        this.asked.add(instrument.id);
        this.unproven.delete(instrument.id);
      }
      this.lastUs = this.out.nowUs();
      this.problem = null;
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    const words = error instanceof RestError ? error.message : String(error);
    this.story.trouble(this.out.nowUs(), words);
    if (words !== this.problem && this.running)
      this.out.event({ kind: "note", level: "warn", source: "feed", text: `snapshots: ${words}` });
    this.problem = words;
  }

  /** Symbols of one class, at most a request's. What is new comes before what turns. */
  private nextChunk(): Want[] {
    const from = this.first.length > 0 ? this.first : this.turning;
    if (from.length === 0) return [];
    const start = from === this.first ? 0 : this.at % from.length;
    const kind = classOf((from[start] as Want).instrument);
    const chunk: Want[] = [];
    for (let k = start; k < from.length && chunk.length < CHUNK; k++) {
      const w = from[k] as Want;
      if (classOf(w.instrument) !== kind) break;
      chunk.push(w);
    }
    if (from === this.first) this.first = this.first.slice(chunk.length);
    else this.at = start + chunk.length;
    return chunk;
  }
}
