import {
  allocateBook,
  Book,
  BookReader,
  type Ccy,
  type EventColumns,
  eventColumns,
  type Instrument,
  type InstrumentId,
  type Micros,
  pushQuote,
  pushTrade,
  type Slot,
} from "../../engines/market/index.ts";
import type { DeskClient } from "../../screens/desk-client.ts";
import type {
  ChainSide,
  ChainView,
  ChartView,
  Command,
  CommandResult,
  ExplainTarget,
  Explanation,
  PositionRow,
  SlotInfo,
  StatusView,
  ViewName,
  Views,
} from "../../src/desk/protocol.ts";
import { emptyRow } from "../../src/desk/views/position-row.ts";

interface Subscription {
  readonly view: ViewName;
  readonly params: unknown;
  readonly onModel: (model: never) => void;
}

/** 10:34:00 ET of 2015-12-24. */
export const NOW_US = 1_450_971_240_000_000 as Micros;

/** A desk that says what a test tells it to, over a real shared book. */
export class FakeDesk implements DeskClient {
  readonly models: {
    [V in ViewName]?: Views[V]["model"] | ((params: Views[V]["params"]) => Views[V]["model"]);
  } = {};
  readonly commands: Command[] = [];
  readonly explained: ExplainTarget[] = [];
  readonly book: BookReader;
  readonly writer: Book;
  explanation: Explanation | null = null;
  killsAtOnce = false;
  answer: CommandResult = { ok: true, message: null };
  /** Answers a command by what it says, before {@link answer} does. */
  reply: (command: Command) => CommandResult | Promise<CommandResult> | null = () => null;
  readonly #subs = new Set<Subscription>();
  readonly #slots: SlotInfo[] = [];
  readonly #columns: EventColumns = eventColumns(1);

  constructor(capacity = 64) {
    const shared = allocateBook(capacity);
    this.writer = new Book(shared);
    this.book = new BookReader(shared);
  }

  get subscriptions(): readonly { readonly view: ViewName; readonly params: unknown }[] {
    return [...this.#subs];
  }

  subscribe<V extends ViewName>(
    view: V,
    params: Views[V]["params"],
    onModel: (model: Views[V]["model"]) => void,
  ): () => void {
    const sub: Subscription = { view, params, onModel: onModel as (model: never) => void };
    this.#subs.add(sub);
    const model = this.models[view];
    if (model !== undefined)
      onModel((typeof model === "function" ? model(params as never) : model) as Views[V]["model"]);
    return () => {
      this.#subs.delete(sub);
    };
  }

  /** A new model for all who look at the view. */
  publish<V extends ViewName>(view: V, model: Views[V]["model"]): void {
    this.models[view] = model as never;
    for (const sub of this.#subs) if (sub.view === view) sub.onModel(model as never);
  }

  command(command: Command): Promise<CommandResult> {
    this.commands.push(command);
    return Promise.resolve(this.reply(command) ?? this.answer);
  }
  explain(target: ExplainTarget): Promise<Explanation | null> {
    this.explained.push(target);
    return Promise.resolve(this.explanation);
  }
  slot(slot: Slot): SlotInfo | undefined {
    return this.#slots[slot];
  }

  list(instrument: Instrument): Slot {
    const slot = this.#slots.length as Slot;
    this.#slots.push({ slot, instrument, status: "open" });
    this.writer.open(slot, -1);
    return slot;
  }
  quote(slot: Slot, bid: number, ask: number, us: number = NOW_US, bidSize = 10, askSize = 12): void {
    this.#columns.n = 0;
    pushQuote(this.#columns, slot, us, us, bid, bidSize, ask, askSize, 0);
    this.writer.applyRange(this.#columns, 0, 1);
  }
  trade(slot: Slot, price: number, size: number, us: number = NOW_US): void {
    this.#columns.n = 0;
    pushTrade(this.#columns, slot, us, us, price, size, 0, -1);
    this.writer.applyRange(this.#columns, 0, 1);
  }
}

export const stock = (symbol: string): Instrument =>
  ({
    kind: "equity",
    id: `EQ/${symbol}/USD` as InstrumentId,
    symbol,
    ccy: "USD" as Ccy,
    calendar: "NYSE",
    ticks: [{ from: 0, tick: 0.01 }],
    multiplier: 1,
  }) satisfies Instrument;

export function statusView(part: Partial<StatusView> = {}): StatusView {
  return {
    mode: "replay",
    account: "replay",
    session: "goog-2015-12-24",
    sampling: "minute bars",
    nowUs: NOW_US,
    day: "2015-12-24",
    zone: "ET",
    zoneOffsetMin: -300,
    halfDay: true,
    speed: 8,
    paused: false,
    atEnd: false,
    loop: false,
    seq: 118_204,
    events: 400_000,
    firstUs: (NOW_US - 3840e6) as Micros,
    lastUs: (NOW_US + 8760e6) as Micros,
    openUs: (NOW_US - 3840e6) as Micros,
    closeUs: (NOW_US + 8760e6) as Micros,
    feed: "live",
    feedWhy: null,
    ordersWhy: null,
    opensNext: null,
    lagMs: 200,
    eventsPerSecond: 412,
    shed: 0,
    nav: 101_204,
    dayPnl: -1243,
    dayPnlFraction: -0.0121,
    dollarDelta: 418_970,
    buyingPower: 62_410,
    baseCcy: "USD",
    trading: "active",
    workingOrders: 0,
    stagedTickets: 1,
    indexed: 1,
    bookmarks: [],
    quoteMaxAgeUs: 90e6,
    ...part,
  };
}

export function positionRow(
  part: Partial<PositionRow> & Pick<PositionRow, "key" | "kind" | "label">,
): PositionRow {
  const { key, kind, parent = null, label } = part;
  return { ...emptyRow(key, kind, parent, label, "USD"), underlying: "EQ/GOOG/USD" as InstrumentId, ...part };
}

/** The book of ux.md's first frame. */
export function positionRows(): PositionRow[] {
  const g = { parent: "U:GOOG" };
  return [
    positionRow({
      key: "U:GOOG",
      kind: "underlying",
      label: "GOOG",
      slot: 0 as Slot,
      mark: 748.16,
      dayPnl: -1243,
      pnl: -1037,
      delta: 560,
      gamma: 2.9,
      theta: -149,
      vega: 622,
      dollarDelta: 418_970,
      dollarGamma1pct: 16_233,
    }),
    positionRow({
      key: "S:1",
      kind: "structure",
      label: "15jan 760/780 CV",
      ...g,
      qty: 10,
      avg: 6.1,
      bid: 5.35,
      ask: 5.95,
      mid: 5.65,
      mark: 5.65,
      markSource: "mid",
      quality: 0,
      ageUs: 400_000,
      dayPnl: -430,
      pnl: -450,
      delta: 208,
      gamma: 1.2,
      theta: -110,
      vega: 240,
      iv: 0.181,
      realised: 0,
      unrealised: -450,
      value: 5650,
    }),
    positionRow({
      key: "L:1",
      kind: "leg",
      label: "760 C",
      parent: "S:1",
      qty: 10,
      avg: 9.3,
      bid: 8.1,
      ask: 8.5,
      mid: 8.3,
      mark: 8.3,
      markSource: "mid",
      quality: 0,
      ageUs: 400_000,
      dayPnl: -390,
      pnl: -1000,
      delta: 372,
      theta: -285,
      iv: 0.181,
    }),
    positionRow({
      key: "L:2",
      kind: "leg",
      label: "780 C",
      parent: "S:1",
      qty: -10,
      avg: 3.2,
      bid: 2.55,
      ask: 2.75,
      mid: 2.65,
      mark: 2.65,
      markSource: "mid",
      quality: 0,
      ageUs: 400_000,
      dayPnl: -40,
      pnl: 550,
      delta: -164,
      theta: 175,
      iv: 0.169,
    }),
    positionRow({
      key: "P:2",
      kind: "position",
      label: "15jan 720 P",
      ...g,
      qty: -4,
      avg: 6.4,
      bid: 4.5,
      ask: 4.7,
      mid: 4.6,
      mark: 4.6,
      markSource: "mid",
      quality: 5,
      ageUs: 200_000,
      dayPnl: -85,
      pnl: 720,
      delta: 85,
      theta: 98,
      vega: -213,
      iv: 0.22,
    }),
    positionRow({
      key: "P:3",
      kind: "position",
      label: "stock",
      ...g,
      slot: 0 as Slot,
      qty: 100,
      avg: 752.1,
      bid: 747.98,
      ask: 748.33,
      mid: 748.155,
      mark: 748.155,
      markSource: "mid",
      quality: 0,
      ageUs: 200_000,
      dayPnl: null,
      dayPnlReason: "prior settlement is in no file",
      pnl: -395,
      delta: 100,
      theta: 0,
      vega: 0,
    }),
    positionRow({
      key: "P:4",
      kind: "position",
      label: "19feb 800 C",
      ...g,
      qty: 6,
      avg: 14.1,
      bid: 12.4,
      ask: 12.9,
      mid: 12.65,
      mark: 12.58,
      markSource: "model",
      quality: 0,
      estimated: true,
      ageUs: 94e6,
      dayPnl: -512,
      pnl: -912,
      delta: 167,
      theta: -137,
      vega: 595,
      iv: 0.263,
    }),
    positionRow({
      key: "BOOK",
      kind: "book",
      label: "BOOK",
      underlying: null,
      dayPnl: -1243,
      pnl: -1037,
      delta: 560,
      gamma: 2.9,
      theta: -149,
      vega: 622,
      dollarDelta: 418_970,
      dollarGamma1pct: 16_233,
    }),
  ];
}

export function chartView(slot: Slot, n = 64): ChartView {
  const column = (f: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i));
  const close = (i: number) => 748.5 + 1.6 * Math.sin(i / 7) + 0.5 * Math.sin(i * 1.7) - i * 0.01;
  return {
    slot,
    label: "GOOG",
    barMinutes: 1,
    basis: "trade",
    bars: {
      startUs: column((i) => NOW_US - (n - i) * 60e6),
      open: column((i) => close(i - 1)),
      high: column((i) => Math.max(close(i), close(i - 1)) + 0.15),
      low: column((i) => Math.min(close(i), close(i - 1)) - 0.15),
      close: column(close),
      volume: column((i) => 1000 + 37 * i),
    },
    vwap: column((i) => 748.4 - i * 0.004),
    levels: [{ name: "open", price: 748.2 }],
    zoneOffsetMin: -300,
    openUs: (NOW_US - 3840e6) as Micros,
    closeUs: (NOW_US + 8760e6) as Micros,
    decimals: 2,
  };
}

export function chainView(underlying: InstrumentId, firstSlot: number, strikes = 11): ChainView {
  const k = (i: number) => 700 + i * 10;
  const column = (f: (i: number) => number) => Float64Array.from({ length: strikes }, (_, i) => f(i));
  const side = (sign: 1 | -1, from: number): ChainSide => ({
    slot: Int32Array.from({ length: strikes }, (_, i) => from + i),
    iv: column((i) => 0.19 - 0.0003 * (k(i) - 700) + 0.000004 * (k(i) - 748) ** 2),
    delta: column((i) => sign / (1 + Math.exp((sign * (k(i) - 748)) / 18))),
    openInterest: column((i) => 400 + ((i * 379) % 1500)),
    held: column((i) => (sign > 0 && k(i) === 760 ? 10 : sign > 0 && k(i) === 780 ? -10 : 0)),
  });
  return {
    underlying,
    label: "GOOG",
    spot: 748.16,
    expiries: [
      {
        key: "GOOG 2015-12-31",
        root: "GOOG",
        expiry: "2015-12-31",
        expiryUs: (NOW_US + 7 * 86_400e6) as Micros,
        strikes,
      },
      {
        key: "GOOG 2016-01-15",
        root: "GOOG",
        expiry: "2016-01-15",
        expiryUs: (NOW_US + 22 * 86_400e6) as Micros,
        strikes,
      },
    ],
    expiry: "GOOG 2016-01-15",
    expiryLabel: "15jan16",
    dteDays: 22.2,
    forward: 748.6,
    atmIv: 0.187,
    straddle: 27.3,
    oneSigma: 34.3,
    strikes: column(k),
    calls: side(1, firstSlot),
    puts: side(-1, firstSlot + strikes),
    decimals: 2,
  };
}

/** The desk of ux.md's first frame: GOOG at 10:34. */
export function frameDesk(): FakeDesk {
  const desk = new FakeDesk();
  const goog = desk.list(stock("GOOG"));
  const bac = desk.list(stock("BAC"));
  const spx = desk.list(stock("SPX"));
  desk.quote(goog, 747.98, 748.33);
  desk.quote(bac, 17.27, 17.28);
  desk.models.status = statusView();
  const rows = positionRows();
  desk.models.positions = { nowUs: NOW_US, rows, total: 4 };
  desk.models.watch = {
    name: "main",
    lists: ["main"],
    rows: [
      { slot: goog, label: "GOOG", prior: 750.4, iv: 0.189, decimals: 2 },
      { slot: bac, label: "BAC", prior: 17.27, iv: null, decimals: 2 },
      { slot: spx, label: "SPX", prior: null, iv: null, decimals: 2 },
    ],
  };
  desk.models.chart = chartView(goog);
  const underlying = "EQ/GOOG/USD" as InstrumentId;
  desk.models.tape = {
    underlying,
    kept: 5,
    prints: [748.16, 748.2, 748.02, 748.02, 748.31].map((price, i) => ({
      seq: 100 - i,
      us: (NOW_US - i * 1e6) as Micros,
      slot: goog,
      label: "GOOG",
      price,
      size: 100 * (i + 1),
      change: (["up", "down", "flat"] as const)[i % 3] as "up",
      side: (["ask", "bid", "mid", "unknown"] as const)[i % 4] as "ask",
      bar: i === 4,
    })),
  };
  for (let i = 0; i < 22; i++) {
    const slot = desk.list(stock(`OPT${i}`));
    const price = Math.max(0.2, i < 11 ? 60 - i * 6 : (i - 11) * 6);
    desk.quote(slot, price, price + 0.4, NOW_US - (i === 16 ? 200e6 : 0));
  }
  desk.models.chain = chainView(underlying, 3);
  desk.models.feeds = {
    feeds: [
      {
        name: "capture",
        state: "live",
        dataAgeMs: 200,
        pingAgeMs: null,
        lagMs: 84,
        eventsPerSecond: 412,
        subscribed: 96,
        desired: 100,
        limit: 100,
        note: null,
      },
      {
        name: "opra",
        state: "gap",
        dataAgeMs: 3400,
        pingAgeMs: 1000,
        lagMs: null,
        eventsPerSecond: 0,
        subscribed: 214,
        desired: 220,
        limit: null,
        note: "gap since 10:33:57: resubscribed, 118 of 214 proven",
      },
    ],
    counters: [{ name: "crossed", value: 12 }],
  };
  desk.models.orders = {
    trading: "active",
    tradingReason: null,
    account: "replay",
    rows: [],
    working: 0,
    unknown: 0,
    tickets: 0,
    external: 0,
    branch: 1,
    branches: 1,
    guard: null,
    left: [],
    locked: null,
    warnings: [],
  };
  desk.models.log = {
    entries: [
      {
        id: 1,
        us: (NOW_US - 19e6) as Micros,
        level: "warn",
        source: "quote",
        code: null,
        text: "GOOG 19feb16 800C 94 s old, over 90: marked by model ~",
        advice: "Nothing to do: the model is used until the quote is fresh.",
      },
      {
        id: 0,
        us: (NOW_US - 40e6) as Micros,
        level: "info",
        source: "order",
        code: null,
        text: "O7 partial 4 of 10 at 5.60",
        advice: null,
      },
    ],
  };
  return desk;
}
