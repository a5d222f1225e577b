/**
 * What Alpaca's messages become, whatever wire they came on: the parser, the byte scanners and the REST decoder all write here, so they
 * cannot differ in meaning. Prices of 0 with size 0 are an empty side and told as such.
 */
import {
  Flag,
  type Instrument,
  type InstrumentId,
  Kind,
  parseOcc,
  Quality,
  type Slot,
  type TradingStatus,
} from "../../../engines/market/index.ts";
import type { EventSink } from "../lanes.ts";

const NONE = Number.NaN;

/** Quality of a stream by its name in the channel. */
const QUALITY: Readonly<Record<string, Quality>> = {
  sip: Quality.realtime,
  opra: Quality.realtime,
  delayed_sip: Quality.delayed,
  indicative: Quality.indicative,
};

/** Stock prints that do not set the last price. Source: CTA and UTP tables of sale conditions, column "update last". */
const STOCK_NOT_LAST = "CHIMNPQRTUVWZ47";
/** On tapes A and B this is an average price; on C a bunched sale, which counts. */
const CTA_AVERAGE = "B";
/** OPRA message types: A C E G take a print back, B D F H are late or out of sequence. */
const OPRA_CANCELS = "ACEG";
const OPRA_LATE = "BDFH";

const STATES: Readonly<Record<string, TradingStatus>> = {
  H: "halted",
  "2": "halted",
  P: "luldPause",
  Q: "auction",
  "5": "auction",
  T: "open",
  "3": "open",
};

/** A condition's place in the dictionary, and what it means for the last price. */
export interface Condition {
  readonly ref: number;
  readonly flags: number;
  readonly cancels: boolean;
}

export class AlpacaRows {
  readonly quality: Quality;
  readonly options: boolean;
  private readonly lane;
  private readonly slots = new Map<string, Slot>();
  private readonly conditions = new Map<string, Condition>();
  private printsAt = 0;

  constructor(
    readonly sink: EventSink,
    readonly feed: string,
  ) {
    this.quality = QUALITY[feed] ?? Quality.singleVenue;
    this.options = feed === "opra" || feed === "indicative";
    this.lane = sink.arrival();
  }

  /** Rows so far, for a reader that may have to begin a frame again. */
  mark(): number {
    this.printsAt = this.sink.prints.count;
    return this.lane.n;
  }
  back(mark: number): void {
    this.lane.cols.n = mark;
    this.sink.prints.back(this.printsAt);
  }

  /** -1 for a symbol that no instrument can be made of; counted. */
  slot(symbol: string): Slot {
    let slot = this.slots.get(symbol);
    if (slot === undefined) {
      slot = this.define(symbol);
      // A stream that makes up symbols must not fill the memory.
      if (slot >= 0) this.slots.set(symbol, slot);
    }
    return slot;
  }

  /** The same without counting a refusal: who finds none lets the parser say so. */
  known(symbol: string): Slot {
    const slot = this.slots.get(symbol);
    if (slot !== undefined) return slot;
    return typeof alpacaInstrument(this.sink, symbol) === "string" ? (-1 as Slot) : this.slot(symbol);
  }

  private define(symbol: string): Slot {
    const made = alpacaInstrument(this.sink, symbol);
    if (typeof made !== "string") return this.sink.slot(made.id, () => made);
    this.sink.refuse(made);
    return -1 as Slot;
  }

  condition(venue: string, codes: string, tape: string): Condition {
    const key = `${venue}\n${codes}\n${tape}`;
    let found = this.conditions.get(key);
    if (found === undefined) {
      const ref = this.sink.condition(venue, codes);
      found = this.options ? optionCondition(ref, codes) : stockCondition(ref, codes, tape);
      this.conditions.set(key, found);
    }
    return found;
  }

  /** Place in the dictionary of a print's venue and conditions as a message carries them, -1 for none. */
  refOf(venue: unknown, codes: unknown, tape: unknown): number {
    const x = typeof venue === "string" ? venue : "";
    const c = conditionCodes(codes) ?? "";
    return x === "" && c === "" ? -1 : this.condition(x, c, typeof tape === "string" ? tape : "").ref;
  }

  /** NaN is a side that the message does not carry. */
  quote(
    slot: Slot,
    recvUs: number,
    us: number,
    bid: number,
    bidSize: number,
    ask: number,
    askSize: number,
    extra = 0,
  ): void {
    const flags = this.quality | (bid === bid ? Flag.bidSide : 0) | (ask === ask ? Flag.askSide : 0) | extra;
    this.lane.push(Kind.quote, flags, slot, recvUs, us, bid, bidSize, ask, askSize, NONE, -1);
  }

  trade(
    slot: Slot,
    recvUs: number,
    us: number,
    price: number,
    size: number,
    condition: Condition | null,
    extra = 0,
  ): void {
    if ((extra & Flag.snapshot) === 0) this.sink.prints.note(slot, us, price, size, condition?.ref ?? -1);
    if (condition?.cancels === true) {
      this.sink.object(this.lane, recvUs, { kind: "tradeCancel", slot, tradeId: "", price, size });
      return;
    }
    const flags = this.quality | (condition?.flags ?? 0) | extra;
    this.lane.push(Kind.trade, flags, slot, recvUs, us, price, size, NONE, NONE, NONE, condition?.ref ?? -1);
  }

  cancel(slot: Slot, recvUs: number, tradeId: string, price: number, size: number): void {
    this.sink.object(this.lane, recvUs, { kind: "tradeCancel", slot, tradeId, price, size });
  }

  status(slot: Slot, recvUs: number, code: string, reason: string): boolean {
    const state = STATES[code];
    if (state === undefined) return false;
    this.sink.object(this.lane, recvUs, {
      kind: "status",
      slot,
      state,
      reason: reason === "" ? null : reason,
    });
    return true;
  }

  note(recvUs: number, source: string, text: string): true {
    this.sink.object(this.lane, recvUs, { kind: "note", level: "info", source, text });
    return true;
  }

  prior(slot: Slot, recvUs: number, price: number, day: string): void {
    this.sink.object(this.lane, recvUs, {
      kind: "priorMark",
      slot,
      price,
      day: day as never,
      source: `alpaca ${this.feed} daily bar`,
    });
  }

  greeks(slot: Slot, recvUs: number, iv: number | null, g: Readonly<Record<string, number | null>>): void {
    const { delta = null, gamma = null, vega = null, theta = null } = g;
    this.sink.object(this.lane, recvUs, { kind: "vendorGreeks", slot, iv, delta, gamma, vega, theta });
  }
}

function stockCondition(ref: number, codes: string, tape: string): Condition {
  let flags = 0;
  for (const code of codes)
    if (STOCK_NOT_LAST.includes(code) || (code === CTA_AVERAGE && (tape === "A" || tape === "B")))
      flags = Flag.notLast;
  return { ref, flags, cancels: false };
}

function optionCondition(ref: number, code: string): Condition {
  const one = code.length === 1;
  return {
    ref,
    flags: one && OPRA_LATE.includes(code) ? Flag.notLast : 0,
    cancels: one && OPRA_CANCELS.includes(code),
  };
}

const STOCK = /^[A-Z][A-Z0-9.]{0,9}$/;

/** The instrument of a vendor's symbol: an OCC symbol, a pair with a slash, or a stock. A text says why there is none. */
export function alpacaInstrument(sink: EventSink, symbol: string): Instrument | string {
  try {
    if (symbol.includes("/")) {
      const id = `CRYPTO/${symbol.replace("/", "-")}`;
      return /^CRYPTO\/[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$/.test(id) ? sink.define.spot(id) : "symbol malformed";
    }
    const occ = symbol.length > 15 ? parseOcc(symbol) : null;
    if (occ !== null) return sink.define.occ(occ);
    return STOCK.test(symbol) ? sink.define.spot(`EQ/${symbol}/USD`) : "symbol malformed";
  } catch {
    // The one error there is: a root of unknown multiplier. Its quotes are of no use to anybody.
    return "option root not in instruments.yaml";
  }
}

/** How Alpaca names an instrument; null for what it does not trade. */
export function alpacaSymbol(id: InstrumentId, occ: (id: InstrumentId) => string | null): string | null {
  const [kind, name = "", ccy] = id.split("/");
  if (kind === "EQ") return ccy === "USD" ? name : null;
  if (kind === "CRYPTO") return name.split("-").length === 2 ? name.replace("-", "/") : null;
  return kind === "OPT" ? occ(id) : null;
}

/** One letter each, or words with blanks between; null for another type. */
export function conditionCodes(v: unknown): string | null {
  if (v === undefined || v === null) return "";
  if (typeof v === "string") return v;
  if (!Array.isArray(v)) return null;
  let out = "";
  for (const c of v as unknown[]) {
    if (typeof c !== "string") return null;
    out += out === "" || c.length === 1 ? c : ` ${c}`;
  }
  return out;
}
