/**
 * Market data of IBKR's gateway: `smd` messages of its websocket and rows of its snapshots, fields by number, values as text, after
 * the first only what changed. A contract goes by the broker's number; a line of our own in the same channel says which instrument
 * that is, so that the record can be read without the broker.
 *
 * The gateway samples about twice a second: a growth of the day's volume is told as one print at the last price.
 */
import {
  Flag,
  type Instrument,
  Kind,
  type ObjectEvent,
  Quality,
  type Slot,
} from "../../../engines/market/index.ts";
import { instrumentSchema } from "../instrument-schema.ts";
import type { EventSink } from "../lanes.ts";
import { asArray, asNumber, asObject, asText, type Json } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

/** Topic of the line that names a contract. */
export const CONTRACT_TOPIC = "voldesk.contract";

/** Fields that a subscription asks for. */
export const IBKR_FIELDS = [
  "31",
  "84",
  "85",
  "86",
  "88",
  "7059",
  "7762",
  "6509",
  "7308",
  "7309",
  "7310",
  "7311",
  "7633",
  "7638",
] as const;

const NONE = Number.NaN;
const BOTH = Flag.bidSide | Flag.askSide;
/** Carried by the first message of a subscription and by the rows of a snapshot, not by those that tell changes. */
const WHOLE = "6119";

interface Known {
  readonly slot: Slot;
  /** It has a level and no market: no quotes, no prints. */
  readonly index: boolean;
  last: number;
  volume: number;
  quality: number;
  halted: boolean;
  /** Newest time of a message of it. */
  updatedUs: number;
}

/** `1,234` and `12.3M` and `32.5%` as numbers; NaN for what is none. */
export function gatewayNumber(value: unknown): number {
  const text = asText(value).replaceAll(",", "").trim();
  const m = /^([+-]?\d+(?:\.\d+)?)([KMB%]?)$/.exec(text === "" ? String(asNumber(value)) : text);
  if (m === null) return NONE;
  const scale = { K: 1e3, M: 1e6, B: 1e9, "%": 0.01, "": 1 }[m[2] as "" | "K" | "M" | "B" | "%"];
  return Number(m[1]) * scale;
}

/**
 * The price of a side; 0 where the side was told to be gone, as `-1` or as nothing; NaN for what is no price. Of the gateway `-1` is
 * documented nowhere. Of TWS, which it stands on, it means "no data currently available": a closed market, or an instrument without open
 * bids or offers (TWS API, "Receiving Watchlist Data", interactivebrokers.github.io/tws-api/md_receive.html). In all three cases the last
 * price of the side no longer stands.
 */
export function sidePrice(value: unknown): number {
  if (value === "") return 0;
  const price = gatewayNumber(value);
  return price < 0 ? 0 : price;
}

/** First letter of field 6509. Frozen and delayed-frozen are both frozen: neither moves. */
function qualityOf(availability: string): number | null {
  switch (availability[0]) {
    case "R":
      return Quality.realtime;
    case "D":
      return Quality.delayed;
    case "Z":
    case "Y":
      return Quality.frozen;
    default:
      return null;
  }
}

export const ibkrGatewayFrames: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  const known = new Map<number, Known>();

  const contract = (message: Json): boolean => {
    const conid = asNumber(message.conid);
    const read = instrumentSchema.safeParse(message.instrument);
    if (!(conid > 0) || !read.success) return false;
    const instrument = message.instrument as Instrument;
    const slot = sink.slot(instrument.id, () => instrument);
    known.set(conid, {
      slot,
      index: instrument.kind === "index",
      last: NONE,
      volume: NONE,
      quality: Quality.realtime,
      halted: false,
      updatedUs: NONE,
    });
    return false;
  };

  const quote = (k: Known, data: Json, recvUs: number, eventUs: number, flags: number): boolean => {
    const told = ("84" in data ? Flag.bidSide : 0) | ("86" in data ? Flag.askSide : 0);
    // A size that changes alone says nothing of a price: it waits for the next price.
    if (told === 0) return false;
    // A whole message leaves out what has no value: a side that stood before it stands no more.
    const whole = WHOLE in data;
    const sides = whole ? BOTH : told;
    const price = (field: string): number => (whole && !(field in data) ? 0 : sidePrice(data[field]));
    const [bid, ask] = [price("84"), price("86")];
    const side = (flag: number, price: number): number => ((sides & flag) !== 0 && price >= 0 ? flag : 0);
    const carried = side(Flag.bidSide, bid) | side(Flag.askSide, ask);
    if (carried === 0) return false;
    const [bidSize, askSize] = [gatewayNumber(data["88"]), gatewayNumber(data["85"])];
    lane.push(
      Kind.quote,
      k.quality | carried | flags,
      k.slot,
      recvUs,
      eventUs,
      bid,
      bidSize,
      ask,
      askSize,
      NONE,
      -1,
    );
    return true;
  };

  const trade = (k: Known, data: Json, recvUs: number, eventUs: number): boolean => {
    if (k.index) return false;
    const volume = gatewayNumber(data["7762"]);
    const grown = volume - k.volume;
    if (volume === volume) k.volume = volume;
    if (!(grown > 0) || !(k.last > 0)) return false;
    lane.push(Kind.trade, k.quality, k.slot, recvUs, eventUs, k.last, grown, NONE, NONE, NONE, -1);
    return true;
  };

  /** `C` before a last price is yesterday's close, `H` says halted. */
  const last = (k: Known, data: Json, recvUs: number, eventUs: number): boolean => {
    if (!("31" in data)) return false;
    const text = asText(data["31"]);
    const halted = text.startsWith("H");
    const price = gatewayNumber(text.replace(/^[CH]/, ""));
    const told = price > 0 && !text.startsWith("C");
    if (told) k.last = price;
    if (told && k.index)
      lane.push(Kind.index, k.quality, k.slot, recvUs, eventUs, price, NONE, NONE, NONE, NONE, -1);
    if (halted === k.halted) return told && k.index;
    k.halted = halted;
    const event: ObjectEvent = {
      kind: "status",
      slot: k.slot,
      state: halted ? "halted" : "open",
      reason: null,
    };
    sink.object(lane, recvUs, event);
    return true;
  };

  const greeks = (k: Known, data: Json, recvUs: number, eventUs: number): boolean => {
    const interest = gatewayNumber(data["7638"]);
    if (interest >= 0)
      lane.push(Kind.openInterest, k.quality, k.slot, recvUs, eventUs, interest, NONE, NONE, NONE, NONE, -1);
    const some = ["7308", "7309", "7310", "7311", "7633"].some((f) => f in data);
    if (!some) return interest >= 0;
    const value = (field: string): number | null => {
      const n = gatewayNumber(data[field]);
      return n === n ? n : null;
    };
    sink.object(lane, recvUs, {
      kind: "vendorGreeks",
      slot: k.slot,
      iv: value("7633"),
      delta: value("7308"),
      gamma: value("7309"),
      vega: value("7311"),
      theta: value("7310"),
    });
    return true;
  };

  const row = (data: Json, recvUs: number, flags: number): boolean => {
    const k = known.get(asNumber(data.conid));
    if (k === undefined) return false;
    const quality = "6509" in data ? qualityOf(asText(data["6509"])) : k.quality;
    // Not subscribed or incomplete: what it says is no market.
    if (quality === null) {
      refuse(sink, asText(data["6509"]));
      return false;
    }
    k.quality = quality;
    const us = asNumber(data._updated) * 1000;
    // An answer to a question may be older than what the socket said meanwhile; the book refuses it then.
    const eventUs = (flags & Flag.snapshot) === 0 ? timeOf(k, us) : us;
    const told = [
      last(k, data, recvUs, eventUs),
      quote(k, data, recvUs, eventUs, flags),
      trade(k, data, recvUs, eventUs),
      greeks(k, data, recvUs, eventUs),
    ];
    return told.includes(true);
  };

  return {
    frame(bytes, recvUs) {
      const value = parse(bytes);
      const message = asObject(value);
      if (message?.topic === CONTRACT_TOPIC) return contract(message);
      if (message !== null) return asText(message.topic).startsWith("smd+") && row(message, recvUs, 0);
      let any = false;
      for (const item of asArray(value)) {
        const data = asObject(item);
        if (data !== null && row(data, recvUs, Flag.snapshot)) any = true;
      }
      return any;
    },
  };
};

/**
 * Messages carry only what changed and come in order on one socket: one whose clock went back is still the newest word, and would be
 * lost for good if it were taken for late. Its time is not believed instead.
 */
function timeOf(k: Known, us: number): number {
  if (us < k.updatedUs) return NONE;
  k.updatedUs = us;
  return us;
}

function refuse(sink: EventSink, availability: string): void {
  sink.refuse(`availability ${availability.slice(0, 2) || "unknown"}`);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
