import type { InstrumentId, Micros, Slot } from "../../engines/market/index.ts";
import type {
  Command,
  CommandResult,
  GuardView,
  LegView,
  OrderRow,
  OrdersView,
  PreviewView,
  StoryView,
  TicketView,
} from "../../src/desk/protocol.ts";
import { listedContracts } from "../screens/command/contracts.ts";
import { chartView, FakeDesk, NOW_US, positionRows, statusView } from "./fake-desk.ts";

export const GOOG = "EQ/GOOG/USD" as InstrumentId;
const id = (strike: number, type = "C") => `OPT/GOOG/2016-01-15/${type}/${strike}/USD/1` as InstrumentId;

export function legView(part: Partial<LegView> = {}): LegView {
  return {
    instrument: id(760),
    label: "760 C",
    qty: 10,
    intent: "open",
    bid: 8.1,
    bidSize: 47,
    ask: 8.5,
    askSize: 6,
    ageMs: 400,
    fresh: true,
    source: "ibkr",
    decimals: 2,
    ...part,
  };
}
export const legs = (): LegView[] => [
  legView(),
  legView({ instrument: id(780), label: "780 C", qty: -10, bid: 2.55, bidSize: 5, ask: 2.75, askSize: 16 }),
];

export function ticketView(part: Partial<TicketView> = {}): TicketView {
  return {
    id: "T1",
    stage: "staged",
    side: "buy",
    what: "GOOG 15jan 760 C",
    underlying: GOOG,
    qty: 2,
    qtyIsDefault: true,
    intent: "open",
    limit: 8.25,
    anchor: "mid-1t",
    distance: "1t under mid, 5t under ask",
    follows: true,
    tif: "day",
    net: { bid: 8.1, mid: 8.3, ask: 8.5 },
    tick: 0.05,
    decimals: 2,
    cost: -1650,
    ccy: "USD",
    ccyDecimals: 2,
    delta: 74,
    legs: [legView({ qty: 2 })],
    warning: null,
    replaces: null,
    old: false,
    stagedUs: NOW_US,
    ...part,
  };
}

export function guard(part: Partial<GuardView> = {}): GuardView {
  return {
    code: "FRESH",
    verdict: "pass",
    text: "fresh 0.4 of 2 s",
    fixes: [],
    used: 0.2,
    accepted: false,
    ...part,
  };
}

/** Frame (b) of the design: a call vertical bought live. */
export function previewView(part: Partial<PreviewView> = {}): PreviewView {
  return {
    id: "V1",
    hash: "7f3ac0de",
    mode: "paper",
    account: "paper",
    state: "open",
    message: null,
    endsInMs: 8000,
    rows: [
      {
        ticket: "T1",
        side: "buy",
        qty: 10,
        what: "GOOG 15jan16 760/780 call vertical",
        intent: "to open",
        limit: 5.65,
        tif: "day",
        net: { bid: 5.35, mid: 5.65, ask: 5.95 },
        tick: 0.05,
        decimals: 2,
        legs: legs(),
        cost: -5650,
        fees: 13,
        maxLoss: -5663,
        maxLossUnbounded: false,
        maxGain: 14_337,
        maxGainUnbounded: false,
        breakEvens: [765.66],
        horizon: "15 Jan 2016",
        closes: null,
        how: [],
        execution: {
          slippageBps: 10,
          slippageFrom: "default",
          fills: 0,
          feeBps: 23,
          costBps: 21.5,
          cost: 12.15,
          drift: 0.056,
          benefit: null,
          worth: false,
          gate: "benefit unknown",
        },
        own: null,
      },
    ],
    ccy: "USD",
    buyingPowerNow: 62_410,
    buyingPowerAfter: 56_747,
    marginNow: null,
    marginAfter: null,
    spotShocks: [-0.1, -0.05, -0.02, 0.02, 0.05, 0.1],
    bookNow: {
      delta: 560,
      gamma: 2.9,
      theta: -149,
      vega: 622,
      dollarDelta: 419_000,
      dollarGamma: 16_200,
      pnl: [-36_900, -18_900, -8100, 8700, 23_000, 49_500],
    },
    bookAfter: {
      delta: 768,
      gamma: 6.4,
      theta: -259,
      vega: 862,
      dollarDelta: 574_600,
      dollarGamma: 35_800,
      pnl: [-41_000, -23_400, -10_800, 12_200, 33_200, 60_000],
    },
    guards: [
      guard(),
      guard({ code: "SIZE", text: "size 10 of 20", used: 0.5 }),
      guard({ code: "DAYLOSS", text: "day loss -1,243 of -5,000", used: 0.25 }),
      guard({ code: "COLLAR", text: "collar", used: null }),
      guard({ code: "SPREAD", text: "spread of 780 C 7.5 of 8 %", used: 0.94 }),
      guard({
        code: "OI",
        verdict: "warn",
        text: "open interest of 780 C is 870; you would be 1.1 % of it",
        used: null,
      }),
    ],
    tightest: "spread of 780 C 7.5 of 8 %",
    basket: null,
    scenario: null,
    dryRun: { text: "margin 5,663.00, no warnings", ageMs: 1100 },
    mustType: null,
    canConfirm: true,
    ...part,
  };
}

export function orderRow(part: Partial<OrderRow> & Pick<OrderRow, "id" | "state">): OrderRow {
  return {
    side: "buy",
    qty: 2,
    what: "15jan 760 C",
    underlying: GOOG,
    filled: 0,
    limit: 8.25,
    pending: null,
    mid: 8.3,
    awayTicks: -1,
    avgFill: null,
    ageMs: 12_000,
    decimals: 2,
    tif: "day",
    external: false,
    note: null,
    legs: [],
    ...part,
  };
}

/** Frame (k) of the design. */
export function orderRows(): OrderRow[] {
  return [
    orderRow({ id: "T1", state: "staged" }),
    orderRow({
      id: "O7",
      state: "working",
      qty: 10,
      what: "15jan 760/780 CV",
      filled: 4,
      limit: 5.6,
      mid: 5.65,
      ageMs: 41_000,
      legs: legs(),
    }),
    orderRow({
      id: "O6",
      state: "UNKNOWN",
      side: "sell",
      qty: -1,
      what: "15jan 720 P",
      filled: null,
      limit: 4.55,
      mid: 4.6,
      awayTicks: null,
      ageMs: 9000,
      note: "sent 10:33:51, no answer; asking ibkr by client id, try 3 of 12",
    }),
    orderRow({
      id: "O5",
      state: "filled",
      filled: 2,
      limit: 8.3,
      mid: null,
      awayTicks: null,
      avgFill: 8.3,
      ageMs: 180_000,
    }),
    orderRow({
      id: "O4",
      state: "working",
      external: true,
      what: "19feb 800 C",
      mid: null,
      awayTicks: null,
      ageMs: 3_600_000,
    }),
  ];
}
export function ordersView(part: Partial<OrdersView> = {}): OrdersView {
  return {
    trading: "active",
    tradingReason: null,
    account: "ibkr U···417",
    rows: orderRows(),
    working: 2,
    unknown: 0,
    tickets: 1,
    external: 1,
    branch: 1,
    branches: 1,
    guard: null,
    left: [],
    locked: null,
    warnings: [],
    ...part,
  };
}

export const STORY: StoryView = {
  id: "O7",
  title: "O7 BUY 10 GOOG 15jan16 760/780 call vertical",
  lines: [
    {
      us: (NOW_US - 41e6) as Micros,
      seq: 101,
      kind: "key",
      text: "C on preview 7f3a, shown 812 ms, screen 9b1e",
    },
    {
      us: (NOW_US - 41e6) as Micros,
      seq: 102,
      kind: "ledger",
      text: "intent durable, client id 20151224-manual-T1",
    },
    { us: (NOW_US - 41e6) as Micros, seq: 103, kind: "sent", text: "to paper" },
    { us: (NOW_US - 40e6) as Micros, seq: 104, kind: "broker", text: "accepted" },
    { us: (NOW_US - 20e6) as Micros, seq: 105, kind: "fill", text: "4 at 5.60, fees 5.20" },
  ],
};

/** A desk with contracts, a book that holds some of them, and order models that answer as the real one does. */
export function orderDesk(): FakeDesk {
  const desk = new FakeDesk(128);
  const slots = new Map<string, Slot>();
  for (const { instrument } of listedContracts()) {
    const slot = desk.list(instrument);
    slots.set(instrument.id, slot);
    if (instrument.kind === "equity") desk.quote(slot, 747.98, 748.33);
    else desk.quote(slot, 8.1, 8.5);
  }
  const slotOf: Readonly<Record<string, InstrumentId>> = {
    "L:1": id(760),
    "L:2": id(780),
    "P:2": id(720, "P"),
    "P:3": GOOG,
    "P:4": "OPT/GOOG/2016-02-19/C/800/USD/1" as InstrumentId,
  };
  const rows = positionRows().map((row) => {
    const of = slotOf[row.key];
    return of === undefined ? row : { ...row, slot: slots.get(of) ?? null };
  });
  desk.models.status = statusView();
  desk.models.positions = { nowUs: NOW_US, rows, total: 4 };
  desk.models.watch = {
    name: "main",
    lists: ["main"],
    rows: [
      { slot: 0 as Slot, label: "GOOG", prior: 750.4, iv: 0.189, decimals: 2 },
      { slot: slots.get(id(760)) as Slot, label: "GOOG 15jan 760 C", prior: 8.7, iv: 0.18, decimals: 2 },
    ],
  };
  desk.models.chart = chartView(0 as Slot);
  desk.models.log = { entries: [] };
  desk.models.orders = ordersView();
  desk.models.ticket = (params) => ticketView({ id: params.ticket });
  desk.models.preview = (params) => previewView({ id: params.preview });
  desk.models.story = STORY;
  desk.reply = answer;
  return desk;
}

const MADE: Partial<Readonly<Record<Command["name"], string>>> = {
  stage: "T1",
  preview: "V1",
  confirm: "O8",
  again: "T2",
};
function answer(command: Command): CommandResult | null {
  const made = MADE[command.name];
  return made === undefined ? null : { ok: true, message: null, made };
}
