import { PAPER_FEES } from "../../config/fees.ts";
import type { Micros, Slot } from "../../engines/market/index.ts";
import { feesOn } from "../../engines/orders/index.ts";
import type { Desk } from "../desk/desk.ts";
import { explain } from "../desk/explain/index.ts";
import {
  type Command,
  type CommandResult,
  type ExplainTarget,
  type Explanation,
  type FromDesk,
  type LogEntry,
  PROTOCOL,
  type ToDesk,
} from "../desk/protocol.ts";
import { ChainIndex } from "../desk/views/chain.ts";
import { type Pace, PlanCache, ViewContext } from "../desk/views/context.ts";
import { buildView } from "../desk/views/index.ts";
import { prepareView } from "../desk/views/prepare.ts";
import type { LedgerFault } from "../orders/ledger-port.ts";
import { AlertDesk } from "./alert-desk.ts";
import { AlertFile } from "./alert-file.ts";
import { Brake } from "./brake.ts";
import type { Clock } from "./clock.ts";
import { STILL } from "./headless.ts";
import { Indexer } from "./indexer.ts";
import type { OpenedDesk } from "./open-desk.ts";
import type { OrderLog } from "./order-log.ts";
import { isOrderView, OrderSession } from "./order-session.ts";
import { type OrderAsked, OrdersToCome } from "./orders-to-come.ts";
import { FASTEST, SLOWEST } from "./pace.ts";
import { PaperSide } from "./paper-side.ts";
import { Publisher } from "./publisher.ts";
import { RateMeter } from "./rate.ts";
import { Recorded } from "./recorded.ts";
import { Replay } from "./replay.ts";
import { watchKeeper } from "./watch-file.ts";
import { WatchLists } from "./watch-lists.ts";

const MINUTE_US = 60_000_000;
const SECOND_US = 1_000_000;
const US_PER_MS = 1000;

/** One desk that replays one session for one screen: answers its messages, plays, publishes. Runs in the desk worker. */
export class DeskSession {
  private readonly desk: Desk;
  private readonly replay: Replay;
  private readonly publisher: Publisher;
  private readonly indexer: Indexer;
  private readonly chains = new ChainIndex();
  private readonly plans = new PlanCache();
  private readonly watch: WatchLists;
  private readonly bookmarks: Micros[] = [];
  private readonly rate = new RateMeter();
  private stopped = false;
  private readonly alerts: AlertDesk;
  private readonly recorded = new Recorded();
  private orders: OrderSession | null = null;
  private readonly brake = new Brake();
  private readonly ordersToCome: OrdersToCome;

  constructor(
    private readonly opened: OpenedDesk,
    private readonly send: (message: FromDesk) => void,
    private readonly clock: Clock,
    /** Each message of the desk, for its log file. */
    private readonly record: (entry: LogEntry) => void = () => {},
  ) {
    const { player, session, start } = opened;
    this.desk = player.desk;
    this.ordersToCome = new OrdersToCome((ms, run) => clock.after(ms, run));
    this.watch = new WatchLists(
      this.desk,
      opened.settings.watchLists,
      opened.facts.session.day,
      watchKeeper(opened.settings.watchDir),
    );
    const { alertsFile } = opened.settings;
    const ownFacts = opened.factsApart();
    const noList = () => [];
    this.alerts = new AlertDesk({
      desk: this.desk,
      contextAt: (us) => new ViewContext(this.desk, us, ownFacts, STILL, noList, this.plans),
      stage: (draft) =>
        this.orders?.command({ name: "stage", draft }) ?? { ok: false, message: this.ordersToCome.reason },
      file: alertsFile === null ? null : new AlertFile(alertsFile),
    });
    this.publisher = new Publisher(
      (view, params) => {
        if (view === "alerts") return this.alerts.view(this.context()) as never;
        if (isOrderView(view))
          return this.orders?.view(this.context(), view, params) ?? this.ordersToCome.view(view);
        return buildView(this.context(), this.chains, view, params);
      },
      send,
      clock,
      (view, params, spare) => prepareView(this.context(), this.chains, view, params, spare),
    );
    this.replay = new Replay(player, session, clock, start.atUs, start.speed, () => this.moved(), {
      fromUs: start.fromUs,
      toUs: start.toUs,
      firstUs: start.firstUs,
    });
    this.replay.looping = start.loop;
    player.lookout = this.alerts;
    this.alerts.restart(start.atUs);
    this.indexer = new Indexer(opened, clock, () => this.publisher.touch());
  }

  /** A ledger that can't be read leaves the rest of the desk as it is: there is no trading without it. */
  ledgerOpened(log: OrderLog | LedgerFault): void {
    if (this.stopped) {
      // Nobody waits for it any more, and left open it would keep this thread alive.
      if ("append" in log) void log.close();
      return;
    }
    if ("append" in log) return this.openOrders(log);
    this.desk.note("error", "orders", this.ordersToCome.never(log), log.code);
    this.publisher.touchNow();
  }

  /** Orders open once their ledger does: until then the rest of the desk is there already. */
  openOrders(log: OrderLog): void {
    const { facts, settings, session, player } = this.opened;
    const { account } = facts;
    const nowUs = () => this.replay.nowUs();
    const side = new PaperSide({
      desk: this.desk,
      log,
      account,
      fees: feesOn(PAPER_FEES, facts.session.day),
      latencyUs: settings.orders.paperLatencyMs * US_PER_MS,
      quoteMaxAgeUs: facts.valuer.quoteMaxAgeUs,
      nowUs,
      closeUs: () => facts.session.closeUs,
    });
    this.orders = new OrderSession(
      {
        desk: this.desk,
        facts,
        settings: settings.orders,
        account,
        base: `${account}@${session.manifest.name}`,
        session: session.manifest.name,
        onward: false,
        side,
        live: null,
        define: (id) => this.desk.slot(id) !== null,
        context: () => this.context(),
        nowUs,
        monotonicMs: () => this.clock.monotonicMs(),
        after: (ms, run) => this.clock.after(ms, run),
        changed: () => this.publisher.touch(),
        slowDown: () => this.slowDown(),
        stopped: () => this.brake.pulled,
      },
      log,
    );
    player.watch = this.orders;
    const { orders } = this;
    this.ordersToCome.opened(orders, () => orders.moved(!this.replay.paused));
    this.publisher.touchNow();
  }

  begin(): void {
    const slots = this.desk.instruments.map((instrument, slot) => this.slotInfo(slot, instrument));
    this.send({
      t: "welcome",
      protocol: PROTOCOL,
      slots,
      book: this.desk.book.shared,
      brake: this.brake.shared,
    });
    // Every pane starts from the value of the book: it is found while the screen still draws its frame.
    this.context().value();
    this.carryOut();
    if (!this.opened.start.paused) this.replay.run();
    if (this.opened.start.index) this.indexer.begin();
  }

  receive(message: ToDesk): void {
    switch (message.t) {
      case "hello":
        break;
      case "subscribe":
        this.publisher.subscribe(message);
        break;
      case "unsubscribe":
        this.publisher.unsubscribe(message.sub);
        break;
      case "command":
        this.command(message.command, (result) => {
          this.send({ t: "result", id: message.id, result });
          this.publisher.touchNow();
        });
        if (message.command.name === "kill") this.brake.done();
        break;
      case "explain":
        this.send({ t: "explained", id: message.id, explanation: this.explained(message.target) });
        break;
      case "quit":
        this.stop();
        break;
    }
  }

  stop(): void {
    this.stopped = true;
    this.replay.stop();
    this.indexer.stop();
    this.publisher.stop();
    this.ordersToCome.close();
    this.orders?.close();
  }

  private explained(target: ExplainTarget): Explanation | null {
    if (target.view === "orders") return this.orders?.explain(this.context(), target) ?? null;
    return explain(this.context(), target);
  }

  /** Answers at once, but what is asked of orders may have to wait for their ledger. */
  private command(command: Command, answer: (result: CommandResult) => void): void {
    const own = this.ownCommand(command);
    if (own !== null) return answer(own);
    const asked = command as OrderAsked;
    if (this.orders === null) this.ordersToCome.command(asked, answer);
    else answer(this.orders.command(asked));
  }

  /** What is asked of the session itself; null where it is about orders. */
  private ownCommand(command: Command): CommandResult | null {
    switch (command.name) {
      case "pause":
        this.replay.pause();
        return done();
      case "run":
        this.replay.run();
        return done();
      case "speed":
        return this.setSpeed(command.speed);
      case "step":
        return this.step(command.by, command.count);
      case "jump":
        if ("us" in command.to) this.replay.jump(command.to.us);
        else this.replay.jumpToSeq(command.to.seq);
        return done();
      case "loop":
        this.replay.looping = command.on;
        return done(command.on ? "loop on: the session begins again at its end" : "loop off");
      case "reconnect":
        return { ok: false, message: "a replay has no connection" };
      case "bookmark":
        this.bookmarks.push(this.replay.nowUs());
        return done(`bookmark ${this.bookmarks.length} set`);
      case "watch":
        return this.watch.change(command.list, command.add, command.remove);
      case "alert":
        return this.alerts.command(command, this.replay.nowUs());
      default:
        return null;
    }
  }

  private setSpeed(speed: number | "max"): CommandResult {
    const fastest = this.opened.settings.fastest ?? FASTEST;
    if (speed !== "max" && !(speed >= SLOWEST && speed <= fastest)) {
      return {
        ok: false,
        message: `speed ${speed} is outside ${SLOWEST}x to ${fastest}x; max runs as fast as it can`,
      };
    }
    this.replay.setSpeed(speed);
    return done();
  }

  /** Steps pause the replay: a step is to look at what it did. */
  private step(by: "event" | "second" | "minute", count: number): CommandResult {
    this.replay.pause();
    if (by === "event") this.replay.jumpToSeq(this.desk.seq + count);
    else this.replay.jump(this.replay.nowUs() + count * (by === "second" ? SECOND_US : MINUTE_US));
    return done();
  }

  /** A ticket is read and confirmed at the pace of life. */
  private slowDown(): string | null {
    if (this.replay.speed !== "max" && this.replay.speed <= 1) return null;
    this.replay.setSpeed(1);
    return "speed 1x while you trade";
  }

  private moved(): void {
    this.orders?.moved(!this.replay.paused);
    // Before the constructor is done there is no replay to ask.
    if (this.opened.player.lookout)
      this.alerts.advance(Math.min(this.replay.nowUs(), this.opened.player.nextUs));
    this.rate.note(this.clock.monotonicMs(), this.desk.seq);
    const slots = this.carryOut();
    if (slots.length > 0) {
      this.send({
        t: "slots",
        slots: slots.map(({ slot }) => this.slotInfo(slot, this.desk.instruments[slot] as never)),
      });
    }
    this.publisher.touch();
  }

  /** Messages go to the log, each once however often its time is played; what is left are new slots. */
  private carryOut(): { readonly slot: Slot }[] {
    const slots: { readonly slot: Slot }[] = [];
    for (const effect of this.desk.takeEffects()) {
      if (effect.kind === "slots") slots.push(effect);
      else if (this.recorded.isNew(effect.entry)) this.record(effect.entry);
    }
    return slots;
  }

  private slotInfo(slot: number, instrument: Desk["instruments"][number]) {
    return { slot: slot as never, instrument, status: this.desk.book.status(slot as never) };
  }

  private context(): ViewContext {
    const list = (name: string) => this.watch.list(name);
    const names = () => this.watch.names();
    const facts = {
      ...this.opened.facts,
      staged: (context: ViewContext) => this.orders?.stagedLegs(context) ?? [],
    };
    const orders = this.orders?.summary() ?? this.ordersToCome.summary();
    return new ViewContext(
      this.desk,
      this.replay.nowUs(),
      facts,
      this.pace(),
      list,
      this.plans,
      names,
      orders,
    );
  }

  private pace(): Pace {
    return {
      speed: this.replay.speed,
      paused: this.replay.paused,
      atEnd: this.replay.atEnd,
      loop: this.replay.looping,
      indexed: this.indexer.share,
      bookmarks: this.bookmarks,
      eventsPerSecond: this.replay.paused ? 0 : Math.round(this.rate.perSecond()),
      events: this.opened.session.rows,
    };
  }
}

function done(message: string | null = null): CommandResult {
  return { ok: true, message };
}
