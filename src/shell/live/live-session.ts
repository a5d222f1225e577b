import { type Instrument, isoDayAt, type Micros, type Slot } from "../../../engines/market/index.ts";
import type { Desk } from "../../desk/desk.ts";
import { type FeedRow, type FromDesk, type LogEntry, PROTOCOL, type ToDesk } from "../../desk/protocol.ts";
import type { Feed } from "../../feeds/feed.ts";
import { type Net, systemNet } from "../../feeds/net.ts";
import type { LedgerFault } from "../../orders/ledger-port.ts";
import { AlertDesk } from "../alert-desk.ts";
import { AlertFile } from "../alert-file.ts";
import { Brake } from "../brake.ts";
import type { Clock } from "../clock.ts";
import type { OrderLog } from "../order-log.ts";
import { Publisher } from "../publisher.ts";
import { RateMeter } from "../rate.ts";
import { stateHash } from "../state-hash.ts";
import { Timers } from "../timers.ts";
import { watchKeeper } from "../watch-file.ts";
import { WatchLists } from "../watch-lists.ts";
import { FeedFacts } from "./feed-facts.ts";
import { StreamProof } from "./followed.ts";
import { Journal } from "./journal.ts";
import type { LiveBoot } from "./live-boot.ts";
import { LiveClock } from "./live-clock.ts";
import { LiveCommands } from "./live-commands.ts";
import { LiveContexts } from "./live-contexts.ts";
import { LiveLooks } from "./live-looks.ts";
import { LiveOrders } from "./live-orders.ts";
import { openFeed } from "./open-feed.ts";
import { type OpenedLive, openLive } from "./open-live.ts";
import { confirmStanding } from "./proofs.ts";
import { Recorder } from "./recorder.ts";
import { VenueWait } from "./venue-wait.ts";

const SECOND_MS = 1_000;
/** The set of what is wanted is looked at this often, ms. */
const INTEREST_MS = 2_000;
/** A session goes on with a clock that is ahead of a wall that was set back by this much, s. */
const MOST_AHEAD_S = 5;

/** What a session may be given from outside. */
export interface LiveWorld {
  /** For the spread of waits; a seeded one in tests. */
  readonly chance?: () => number;
  /** In place of the machine's own network: a simulation's. */
  readonly net?: Net;
  /** Takes every line of the log as well. */
  readonly record?: (entry: LogEntry) => void;
}

/** A desk on live feeds: the sibling of the replayed one, over the same protocol. Runs in the desk worker. */
export class LiveSession {
  private readonly opened: OpenedLive;
  private readonly time: LiveClock;
  private readonly journal: Journal;
  private readonly recorder: Recorder | null;
  private readonly feed: Feed;
  private readonly feeds: FeedFacts;
  private readonly proof: StreamProof;
  private readonly publisher: Publisher;
  private readonly contexts: LiveContexts;
  private readonly looks: LiveLooks;
  private readonly commands: LiveCommands;
  private readonly orders: LiveOrders;
  private readonly alerts: AlertDesk;
  private readonly rate = new RateMeter();
  private readonly shedRate = new RateMeter();
  private readonly brake = new Brake();
  private readonly timers: Timers;
  private readonly wait: VenueWait | null;
  private turned = false;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly boot: LiveBoot,
    private readonly send: (message: FromDesk) => void,
    private readonly clock: Clock,
    private readonly world: LiveWorld = {},
  ) {
    this.time = new LiveClock(clock, boot.offsetUs);
    this.timers = new Timers(clock);
    const nowUs = () => this.time.nowUs() as Micros;
    const startUs = this.time.nowUs();
    const opened = openLive(boot, startUs);
    const { desk, sink } = opened;
    this.opened = opened;
    this.recorder = this.openRecorder();
    this.journal = new Journal({
      desk,
      sink,
      clock,
      nowUs,
      inboxRows: boot.inboxRows,
      keptBlocks: boot.keptBlocks,
      milestone: {
        every: boot.settings.hashEvents,
        reached: (d) => this.recorder?.hash(d.seq, stateHash(d)),
      },
      keepFrame: (bytes, recvUs, channel) => this.recorder?.frame(bytes, recvUs, channel),
      keepRows: (rows) => this.recorder?.rows(rows),
      moved: () => this.moved(),
    });
    this.wait =
      typeof boot.awaits !== "string"
        ? null
        : new VenueWait({
            url: boot.awaits,
            net: world.net ?? systemNet,
            clock,
            told: (offsetUs) => this.venueTold(offsetUs),
          });
    this.proof = new StreamProof(() => this.feed, boot.slots);
    this.feed = openFeed({
      setup: boot.feed,
      opened,
      journal: this.journal,
      proof: this.proof,
      clock,
      nowUs,
      chance: world.chance ?? Math.random,
      net: this.wait ?? world.net,
    });
    const rows = {
      block: (i: number) => this.journal.readBlock(i),
      findBlock: (s: number) => this.journal.findBlock(s),
    };
    this.feeds = new FeedFacts({
      feed: this.feed,
      journal: this.journal,
      recorder: this.recorder,
      rate: this.rate,
      shedRate: this.shedRate,
      inboxRows: boot.inboxRows,
      nowUs,
      refusals: sink.refusals,
      proof: this.proof,
      orderLink: () => this.orders.link(),
    });
    const facts = opened.facts(rows, this.feeds);
    const watch = new WatchLists(
      desk,
      boot.settings.watchLists,
      opened.session.day,
      watchKeeper(boot.settings.watchDir),
    );
    this.orders = new LiveOrders({
      boot,
      opened,
      journal: this.journal,
      clock,
      nowUs,
      context: () => this.contexts.now(),
      changed: () => this.publisher.touch(),
      stopped: () => this.brake.pulled,
    });
    const { rate, orders, feed, journal } = this;
    this.contexts = new LiveContexts({ opened, facts, nowUs, rate, watch, orders });
    const ownFacts = { ...facts, valuer: opened.newValuer() };
    const { alertsFile } = boot.settings;
    const alerts = new AlertDesk({
      desk,
      contextAt: (us) => this.contexts.plain(us, ownFacts),
      stage: (draft) => this.orders.stage(draft),
      file: alertsFile === null ? null : new AlertFile(alertsFile),
    });
    this.alerts = alerts;
    alerts.restart(startUs);
    journal.lookout = alerts;
    const { canaries } = opened;
    this.looks = new LiveLooks({ desk, feed, watch, canaries, orders: () => orders.instruments() });
    const { contexts, looks } = this;
    this.commands = new LiveCommands({
      opened,
      feed,
      journal,
      watch,
      looks,
      contexts,
      alerts,
      orders,
      nowUs,
    });
    this.publisher = new Publisher(
      (view, params) => contexts.view(view, params, alerts),
      send,
      clock,
      (view, params, spare) => contexts.prepare(view, params, spare),
    );
  }

  begin(): void {
    const { desk, sink, unknown } = this.opened;
    // The first rows tell what is known from the start, at the moment the desk opened.
    sink.object(sink.arrival(), this.opened.session.firstUs, {
      kind: "note",
      level: "info",
      source: "feed",
      text:
        this.wait === null
          ? `live from ${this.feed.name}${this.recorder === null ? ", not recorded" : ""}`
          : `${this.boot.awaits} does not answer: its time is a guess by the calendar, and nothing is recorded until it does`,
    });
    this.journal.drain();
    for (const text of unknown)
      this.note(
        "warn",
        `${text} is not known here and is left out: name a stock, a pair as BTC/USD or an OCC symbol`,
      );
    const slots = desk.instruments.map((instrument, slot) => this.slotInfo(slot, instrument));
    this.send({ t: "welcome", protocol: PROTOCOL, slots, book: desk.book.shared, brake: this.brake.shared });
    desk.takeEffects();
    this.looks.renew();
    this.wait?.start();
    this.feed.start();
    this.feed.chains(this.opened.symbols);
    this.timers.every(SECOND_MS, () => this.second());
    this.timers.every(INTEREST_MS, () => this.looks.renew());
  }

  receive(message: ToDesk): void {
    switch (message.t) {
      case "hello":
        break;
      case "subscribe":
        this.looks.subscribed(message);
        this.publisher.subscribe(message);
        break;
      case "unsubscribe":
        this.looks.unsubscribed(message.sub);
        this.publisher.unsubscribe(message.sub);
        break;
      case "command":
        this.commands.run(message.command, (result) => {
          this.send({ t: "result", id: message.id, result });
          this.publisher.touchNow();
        });
        if (message.command.name === "kill") this.brake.done();
        break;
      case "explain":
        this.send({ t: "explained", id: message.id, explanation: this.contexts.explained(message.target) });
        break;
      case "quit":
        void this.close().then(() => this.send({ t: "bye", killed: this.orders.killed }));
        break;
    }
  }

  /** What the ledger holds, or why there is no trading. */
  ledgerOpened(log: OrderLog | LedgerFault): void {
    if (this.closing === null) this.orders.opened(log);
    // Nobody waits for it any more, and left open it would keep this thread alive.
    else if ("append" in log) void log.close();
  }

  /** Ends the feed and completes the capture. */
  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    this.timers.stop();
    this.wait?.close();
    this.publisher.stop();
    await this.orders.close();
    await this.feed.close();
    this.journal.drain();
    this.journal.handOver();
    const { desk, sink } = this.opened;
    this.recorder?.hash(desk.seq, stateHash(desk));
    this.recorder?.close(sink);
  }

  /** The folder of the capture; null where nothing is recorded. */
  get captureDir(): string | null {
    return this.recorder?.dir ?? null;
  }
  get desk(): Desk {
    return this.opened.desk;
  }
  /** Whether what the book says of an instrument is shown as a live quote: its channel runs, and it was confirmed on it lately. */
  isLive(slot: Slot): boolean {
    const { desk } = this.opened;
    const confirmUs = desk.book.confirmUs[slot] as number;
    if (!(this.time.nowUs() - confirmUs <= this.boot.settings.quoteAgeMs.ticks * 1000)) return false;
    const sinceUs = this.feed.streamedSince(desk.instruments[slot] as Instrument);
    return sinceUs !== null && confirmUs >= sinceUs;
  }
  /** Quotes merged away in bursts so far. */
  get merged(): number {
    return this.journal.shed;
  }
  /** Whether it shall be streamed. */
  streams(slot: Slot): boolean {
    return this.feed.coverage(this.desk.instruments[slot] as Instrument).how === "streamed";
  }
  get seq(): number {
    return this.opened.desk.seq;
  }
  /** Messages that no decoder could take, by reason. */
  get refusals(): ReadonlyMap<string, number> {
    return this.opened.sink.refusals;
  }
  get rowsOfFeeds(): readonly FeedRow[] {
    return this.feeds.rows();
  }

  private openRecorder(): Recorder | null {
    const { record } = this.boot;
    const { head, portfolioText } = this.opened;
    if (record === null || typeof this.boot.awaits === "string") return null;
    return new Recorder({
      ...record,
      head,
      portfolio: portfolioText,
      say: (level, text) => this.note(level, text, "capture"),
    });
  }

  private note(level: "info" | "warn" | "error", text: string, source = "feed"): void {
    this.opened.desk.note(level, source, text);
    this.publisher?.touch();
  }

  private second(): void {
    const [jump, held] = [this.time.check(), this.time.held()];
    if (jump !== 0) {
      const words = `the clock of this machine jumped ${Math.round(Math.abs(jump))} s ${jump > 0 ? "ahead" : "back"}`;
      this.distrust(words);
      if (this.time.ahead > MOST_AHEAD_S) this.startAnew(words);
    } else if (held > 0) this.distrust(`this program stood still for ${Math.round(held)} s`);
    const { desk, sink } = this.opened;
    if (confirmStanding(desk, this.feed, sink, this.time.nowUs()) > 0) this.journal.wake();
    // A quiet market moves no rows, and yet time comes for the broker and for alerts.
    this.orders.session?.moved(true);
    this.alerts.advance(this.time.nowUs());
    this.journal.handOver();
    this.recorder?.tick(sink);
    this.lookAtDate();
    this.shedRate.note(this.clock.monotonicMs(), this.journal.shed);
    this.publisher.touch();
  }

  /** Time told once can't be taken back within a session, so another begins. */
  private startAnew(words: string): void {
    if (this.turned) return;
    this.turned = true;
    const day = isoDayAt(this.opened.head.zone as never, this.time.nowUs() as Micros);
    this.send({ t: "turned", day, why: `${words}: another session begins` });
  }

  /** Sessions are of one date: capture, prior marks, day P&L and calendars begin anew with the next. */
  private lookAtDate(): void {
    const day = isoDayAt(this.opened.head.zone as never, this.time.nowUs() as Micros);
    if (day === this.opened.head.day || this.turned) return;
    this.turned = true;
    this.note("info", `the session of ${this.opened.head.day} is over; that of ${day} begins`, "desk");
    this.send({ t: "turned", day });
  }

  /** The venue is there and has its own time: the session begins anew by that. */
  private venueTold(offsetUs: number): void {
    this.turned = true;
    const day = isoDayAt(this.opened.head.zone as never, (this.clock.wallUs() + offsetUs) as Micros);
    this.send({ t: "turned", day, offsetUs });
  }

  /** Nothing from before is believed: what waited in sockets meanwhile is not how things stand. */
  private distrust(why: string): void {
    this.note("warn", `${why}: all streams begin again`);
    this.feed.distrust(why);
  }

  private moved(): void {
    const { desk } = this.opened;
    this.rate.note(this.clock.monotonicMs(), desk.seq);
    this.orders.session?.moved(true);
    const effects = desk.takeEffects();
    for (const effect of effects) if (effect.kind === "log") this.world.record?.(effect.entry);
    const slots = effects.filter((effect) => effect.kind === "slots");
    if (slots.length > 0)
      this.send({
        t: "slots",
        slots: slots.map(({ slot }) => this.slotInfo(slot, desk.instruments[slot] as Instrument)),
      });
    this.publisher.touch();
  }

  private slotInfo(slot: number, instrument: Instrument) {
    return { slot: slot as never, instrument, status: this.opened.desk.book.status(slot as never) };
  }
}
