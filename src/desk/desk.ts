import {
  allocateBook,
  Book,
  type BookSnapshot,
  type EventColumns,
  type FillEvent,
  Flag,
  type Instrument,
  type InstrumentId,
  Kind,
  type Micros,
  NO_SLOT,
  type ObjectEvent,
  type Slot,
} from "../../engines/market/index.ts";
import {
  applyEvent,
  type BookEvent,
  copyLedger,
  createLedger,
  type Ledger,
} from "../../engines/portfolio/index.ts";
import { PrintRing, Side } from "./prints.ts";
import type { LogEntry } from "./protocol.ts";
import { MinuteSeries } from "./series.ts";

export interface DeskLimits {
  /** Instruments a session may hold. */
  readonly slots: number;
  readonly tapePrints: number;
  readonly logEntries: number;
}

/** What the desk asks the shell to do. Carried out after the event is applied; muted in replay where it would touch the world. */
export type Effect =
  | { readonly kind: "log"; readonly entry: LogEntry }
  | { readonly kind: "slots"; readonly slot: Slot };

/** A moment of the desk. Finished bars are the same in every playing of a session, so they stay with their owner. */
export interface Checkpoint {
  readonly seq: number;
  readonly nowUs: Micros;
  readonly owner: Desk;
  readonly book: BookSnapshot;
  readonly columns: Float64Array[];
  readonly prints: ReturnType<PrintRing["snapshot"]>;
  readonly series: Map<Slot, Float64Array>;
  readonly slots: number;
  readonly instruments: readonly Instrument[];
  readonly priorsHeard: number;
  readonly log: readonly LogEntry[];
  readonly ledger: Ledger;
}

/** An underlying's price counts as moved when it is this far from where it stood at the last move (contracts section 4). */
const MOVE_FRACTION = 0.0025;

/**
 * The pure core: events in, new state and effects out. It reads no clock, no file and no chance, so one journal gives one state,
 * bit for bit. Marks, Greeks and view models are functions of this state and are not kept in it.
 */
export class Desk {
  seq = 0;
  nowUs = 0 as Micros;
  readonly book: Book;
  readonly instruments: Instrument[] = [];
  readonly slotOf = new Map<string, Slot>();
  /** Slot of an option's underlying, -1 for none or not yet seen. */
  readonly underlyingSlot: Int32Array;
  /** 1 where the slot is anything but an option: it has bars, moves, and options may hang on it. */
  private readonly isSpot: Uint8Array;
  readonly prior: Float64Array;
  readonly priorDay: string[] = [];
  readonly priorSource: string[] = [];
  /** Prior marks heard so far: what is implied from them holds until there is another. */
  priorsHeard = 0;
  /** Where a spot stood at its last move of 0.25 %, and when. */
  private readonly moveRef: Float64Array;
  readonly moveUs: Float64Array;
  readonly prints: PrintRing;
  readonly series = new Map<Slot, MinuteSeries>();
  log: LogEntry[] = [];
  private notes = 0;
  ledger: Ledger;
  /** Books of the account that trades here, where they differ from the session's own: never part of the state or its hash. */
  overlay: Ledger | null = null;
  private effects: Effect[] = [];
  /** Who wants to look after each event of some instruments. What it sees is no part of the state. */
  sentinel: { readonly slots: ReadonlySet<Slot>; readonly moved: (slot: Slot) => void } | null = null;

  constructor(
    private readonly limits: DeskLimits,
    baseCcy: string,
  ) {
    this.book = new Book(allocateBook(limits.slots));
    this.ledger = createLedger(baseCcy, this.lookup);
    this.underlyingSlot = new Int32Array(limits.slots).fill(NO_SLOT);
    this.isSpot = new Uint8Array(limits.slots);
    this.prior = new Float64Array(limits.slots).fill(Number.NaN);
    this.moveRef = new Float64Array(limits.slots).fill(Number.NaN);
    this.moveUs = new Float64Array(limits.slots).fill(Number.NaN);
    this.prints = new PrintRing(limits.tapePrints);
  }

  /** Applies rows `from` to `to` (exclusive) in order. Where a caller cuts the rows never shows in the result. */
  apply(columns: EventColumns, from: number, to: number): void {
    const { kind, slot, recvUs } = columns;
    for (let i = from; i < to; i++) {
      this.nowUs = recvUs[i] as Micros;
      const s = slot[i] as Slot;
      switch (kind[i]) {
        case Kind.quote:
          this.book.applyQuote(columns, i);
          if (this.isSpot[s] === 1) this.trackMove(s);
          break;
        case Kind.trade:
          this.applyTrade(columns, i, s);
          break;
        case Kind.bar:
          this.applyBar(columns, i, s);
          break;
        case Kind.openInterest:
          this.book.applyOpenInterest(columns, i);
          break;
        case Kind.index:
          this.book.applyIndex(columns, i);
          this.series.get(s)?.addTrade(this.nowUs, columns.a[i] as number, 0);
          this.trackMove(s);
          break;
        case Kind.object: {
          const event = columns.objects[columns.ref[i] as number];
          if (event) this.applyObject(event);
          break;
        }
        default:
          // A kind of a later build: kept in the capture, without effect here.
          break;
      }
      this.seq++;
      if (this.sentinel?.slots.has(s)) this.sentinel.moved(s);
    }
  }

  /** What is held: the session's own books, with the orders of this desk on top. */
  get held(): Ledger {
    return this.overlay ?? this.ledger;
  }

  /** Effects since the last call, in order. */
  takeEffects(): readonly Effect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  /** Makes an instrument known under its slot. Slots come in order without holes. */
  define(slot: Slot, instrument: Instrument): void {
    if (slot >= this.limits.slots) {
      this.note(
        "error",
        "desk",
        `no room for ${instrument.id}: the session holds ${this.limits.slots} instruments`,
      );
      return;
    }
    this.instruments[slot] = instrument;
    this.slotOf.set(instrument.id, slot);
    if (instrument.kind === "option") {
      this.underlyingSlot[slot] = this.slotOf.get(instrument.underlying) ?? NO_SLOT;
      this.book.open(slot, this.underlyingSlot[slot] as Slot);
    } else {
      this.book.open(slot, NO_SLOT);
      this.isSpot[slot] = 1;
      if (!this.series.has(slot)) this.series.set(slot, new MinuteSeries());
      this.linkWaiting(slot, instrument.id);
    }
    this.effects.push({ kind: "slots", slot });
  }

  /** Goes back to a moment at which only the first `count` instruments were known. Finished bars stay: they come again the same. */
  private forgetFrom(count: number): void {
    for (let slot = count; slot < this.instruments.length; slot++) {
      this.slotOf.delete((this.instruments[slot] as Instrument).id);
      this.series.get(slot as Slot)?.restore(new MinuteSeries().snapshot());
      this.isSpot[slot] = 0;
    }
    this.underlyingSlot.forEach((under, slot) => {
      if (under >= count || slot >= count) this.underlyingSlot[slot] = NO_SLOT;
    });
    this.instruments.length = count;
  }

  /** Books an event of the portfolio; what is refused is said in the log and changes nothing. */
  post(event: BookEvent): void {
    const outcome = applyEvent(this.ledger, event);
    if (outcome.result === "refused") this.note("error", "portfolio", outcome.message, outcome.code);
  }

  slot(id: string): Slot | null {
    return this.slotOf.get(id) ?? null;
  }

  snapshot(): Checkpoint {
    return {
      seq: this.seq,
      nowUs: this.nowUs,
      owner: this,
      book: this.book.snapshot(),
      columns: this.ownColumns().map((column) => column.slice(0, this.instruments.length)),
      prints: this.prints.snapshot(),
      series: new Map(
        [...this.series]
          .filter(([slot]) => slot < this.instruments.length)
          .map(([slot, series]) => [slot, series.snapshot()]),
      ),
      slots: this.instruments.length,
      instruments: [...this.instruments],
      priorsHeard: this.priorsHeard,
      log: [...this.log],
      ledger: copyLedger(this.ledger),
    };
  }

  restore(checkpoint: Checkpoint): void {
    const { owner } = checkpoint;
    if (this.instruments.length > checkpoint.slots) this.forgetFrom(checkpoint.slots);
    for (let slot = this.instruments.length; slot < checkpoint.slots; slot++) {
      this.define(slot as Slot, checkpoint.instruments[slot] as Instrument);
    }
    for (let slot = 0; slot < checkpoint.slots; slot++) {
      this.priorDay[slot] = owner.priorDay[slot] ?? "";
      this.priorSource[slot] = owner.priorSource[slot] ?? "";
    }
    const last = this.orderRecords.at(-1)?.seq ?? -1;
    this.orderRecords.push(...checkpoint.owner.orderRecords.filter((r) => r.seq > last));
    this.book.restore(checkpoint.book);
    this.ownColumns().forEach((column, k) => {
      column.fill(Number.NaN).set(checkpoint.columns[k] as Float64Array);
    });
    this.prints.restore(checkpoint.prints);
    for (const [slot, saved] of checkpoint.series) {
      const series = this.series.get(slot) as MinuteSeries;
      if (owner !== this) series.adopt(owner.series.get(slot) as MinuteSeries);
      series.restore(saved);
    }
    this.log = [...checkpoint.log];
    this.ledger = { ...copyLedger(checkpoint.ledger), lookup: this.lookup };
    this.priorsHeard = checkpoint.priorsHeard;
    this.seq = checkpoint.seq;
    this.nowUs = checkpoint.nowUs;
  }

  /** Feeds the whole state, in a canonical order, to a hash. */
  hashInto(update: (bytes: Uint8Array) => void): void {
    update(new Uint8Array(new Float64Array([this.seq, this.nowUs, this.instruments.length]).buffer));
    update(this.book.canonicalBytes());
    for (const column of this.ownColumns())
      update(new Uint8Array(column.buffer, 0, this.instruments.length * 8));
    for (const [slot, series] of this.series)
      if (slot < this.instruments.length) update(new Uint8Array(series.state().buffer));
    this.prints.hashInto(update);
    update(new TextEncoder().encode(canonicalBooks(this.ledger)));
  }

  /** What the desk of a live session wrote down of its orders, as far as its recording was ever played: also what lies ahead after a jump back. */
  readonly orderRecords: { readonly seq: number; readonly data: unknown }[] = [];

  note(
    level: LogEntry["level"],
    source: string,
    text: string,
    code: string | null = null,
    advice: string | null = null,
    us: Micros = this.nowUs,
  ): void {
    const entry: LogEntry = { id: this.notes++, us, level, source, code, text, advice };
    if (this.log.length === this.limits.logEntries) this.log.shift();
    this.log.push(entry);
    this.effects.push({ kind: "log", entry });
  }

  private readonly lookup = (id: InstrumentId): Instrument | undefined =>
    this.instruments[this.slotOf.get(id) ?? -1];

  private ownColumns(): Float64Array[] {
    return [this.prior, this.moveRef, this.moveUs];
  }

  private applyTrade(columns: EventColumns, i: number, slot: Slot): void {
    const price = columns.a[i] as number;
    const size = columns.b[i] as number;
    const filled = ((columns.flags[i] as number) & Flag.backFill) !== 0;
    const side = filled ? Side.unknown : this.sideOf(slot, price);
    if (!this.book.applyTrade(columns, i)) return;
    const us = filled ? (columns.eventUs[i] as number) : this.nowUs;
    if (size > 0) this.prints.push(this.seq, us, slot, price, size, side, false);
    const series = this.series.get(slot);
    if (series === undefined || ((columns.flags[i] as number) & Flag.notLast) !== 0) return;
    if (filled) return series.fillTrade(us, price, size);
    series.addTrade(this.nowUs, price, size);
    this.trackMove(slot);
  }

  private applyBar(columns: EventColumns, i: number, slot: Slot): void {
    const { a: open, b: high, c: low, d: close, e: volume } = columns;
    // Of before the desk looked: the chart's, and no news of the price.
    if (((columns.flags[i] as number) & Flag.backFill) !== 0) {
      const bar = [open, high, low, close, volume].map((c) => c[i] as number);
      const [o, h, l, c, v] = bar as [number, number, number, number, number];
      if (bar.every((x) => x >= 0 && x < Infinity))
        this.series.get(slot)?.fillBar(columns.eventUs[i] as number, o, h, l, c, v);
      return;
    }
    const side = this.sideOf(slot, close[i] as number);
    if (!this.book.applyBar(columns, i)) return;
    this.prints.push(this.seq, this.nowUs, slot, close[i] as number, volume[i] as number, side, true);
    const series = this.series.get(slot);
    if (series === undefined) return;
    const startUs = columns.eventUs[i] as number;
    series.setBar(
      startUs,
      open[i] as number,
      high[i] as number,
      low[i] as number,
      close[i] as number,
      volume[i] as number,
    );
    this.trackMove(slot);
  }

  private applyObject(event: ObjectEvent): void {
    switch (event.kind) {
      case "instrument":
        this.define(event.slot, event.instrument);
        break;
      case "priorMark":
        this.prior[event.slot] = event.price;
        this.priorsHeard++;
        this.priorDay[event.slot] = event.day;
        this.priorSource[event.slot] = event.source;
        break;
      case "orderUpdate":
        // Played again after a jump back it is the same one.
        if ((this.orderRecords.at(-1)?.seq ?? -1) < this.seq)
          this.orderRecords.push({ seq: this.seq, data: event.data });
        break;
      case "status":
        this.book.setStatus(event.slot, event.state);
        break;
      case "fill":
        this.post(fillEvent(event.fill, this.nowUs, this.ledger.books.base));
        break;
      case "note":
        this.note(event.level, event.source, event.text);
        break;
      case "tradeCancel":
        this.book.cancelTrade(event.slot, event.price ?? Number.NaN, event.size ?? Number.NaN);
        break;
      case "gap":
        if (event.toUs === null) this.note("warn", "feed", `gap on ${event.channel}: ${event.reason}`);
        else
          this.note(
            "info",
            "feed",
            `gap on ${event.channel} over after ${seconds(event)} s: ${event.reason}`,
          );
        break;
      case "shed":
        this.note(
          "warn",
          "feed",
          `${event.count} quotes merged on ${event.channel}: the burst was faster than the desk`,
        );
        break;
      default:
        // Orders, rates, dividends and the like are kept in the capture; the rooms that read them come with their issues.
        break;
    }
  }

  /** Against the quote that stood when the print came. */
  private sideOf(slot: Slot, price: number): number {
    const bid = this.book.bid[slot] as number;
    const ask = this.book.ask[slot] as number;
    if (!(bid <= ask)) return Side.unknown;
    if (price >= ask) return Side.ask;
    return price <= bid ? Side.bid : Side.mid;
  }

  private trackMove(slot: Slot): void {
    const price = this.book.spot(slot);
    const ref = this.moveRef[slot] as number;
    if (Math.abs(price - ref) < MOVE_FRACTION * ref || price !== price) return;
    this.moveRef[slot] = price;
    this.moveUs[slot] = this.nowUs;
  }

  /** Options that came before their underlying find it now. */
  private linkWaiting(slot: Slot, id: string): void {
    for (let other = 0; other < this.instruments.length; other++) {
      const instrument = this.instruments[other];
      if (instrument?.kind === "option" && instrument.underlying === id) {
        this.underlyingSlot[other] = slot;
        this.book.open(other as Slot, slot);
      }
    }
  }
}

const seconds = (gap: { readonly fromUs: number; readonly toUs: number | null }): string =>
  (((gap.toUs ?? gap.fromUs) - gap.fromUs) / 1e6).toFixed(1);

function fillEvent(fill: FillEvent, atUs: Micros, base: string): BookEvent {
  const { execId, account, instrument, strategy, qty, price, fees, feeCcy, ticketId, legIndex } = fill;
  // FX of a fill in another currency comes with the live feeds; until then its base figures are unknown, never guessed.
  const known = { fx: null, feeFx: feeCcy === base ? 1 : null };
  return {
    kind: "fill",
    id: execId,
    account,
    atUs,
    instrument,
    strategy,
    qty,
    price,
    fees,
    feeCcy,
    ticketId,
    legIndex,
    ...known,
  };
}

/** The booked state as text with a fixed order: maps keep the order of booking, which is part of the state. */
function canonicalBooks(ledger: Ledger): string {
  return JSON.stringify([ledger.books, ledger.journal.length], (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
}
