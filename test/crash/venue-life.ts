import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Instrument, IsoDay, Micros } from "../../engines/market/index.ts";
import { openAlpacaBroker } from "../../src/brokers/alpaca/alpaca.ts";
import type { AlpacaTuning } from "../../src/brokers/alpaca/tuning.ts";
import type { BrokerSetup } from "../../src/brokers/setup.ts";
import type { CommandResult, OrderCommand } from "../../src/desk/protocol.ts";
import { orderCommand } from "../../src/orders/commands.ts";
import { OrderDesk } from "../../src/orders/order-desk.ts";
import { previewView } from "../../src/orders/preview-view.ts";
import { ordersView } from "../../src/orders/views.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { LedgerClient } from "../../src/shell/ledger-client.ts";
import type { OrderLog } from "../../src/shell/order-log.ts";
import { ORDER_SETTINGS } from "../shell/boot.ts";
import { SmallMarket } from "../sim/market.ts";
import { type Said, Trader, type TraderHost } from "./trader.ts";

/**
 * One life of the order desk with its ledger's own thread and a real broker's code, against a venue in another process. Run as a process, to be
 * killed; the market around it is small and still.
 */
export interface VenueLifeOptions {
  readonly stateDir: string;
  readonly seed: number;
  readonly settle: boolean;
  readonly broker: BrokerSetup;
  readonly instruments: readonly Instrument[];
  readonly quotes: readonly (readonly [number, number])[];
  readonly day: string;
  /** The venue's time less the wall's. */
  readonly offsetUs: number;
}

/** The venue answers at once: what waits for a vendor far away would only make lives longer. */
const QUICK: Partial<AlpacaTuning> = {
  settleMs: 300,
  answerMs: 2_000,
  replaceMs: 2_000,
  pollMs: 500,
  firstWaitMs: 50,
  readsPerMinute: 60_000,
};
const SHOW_MS = 10;
const SETTLE_MS = 30_000;
const HUGE = 1e9;
export const ACCOUNT = "crash";
export const BASE = "crash@venue";

const options = JSON.parse(process.argv[2] as string) as VenueLifeOptions;
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`);
const { instruments, quotes, day } = options;
const nowUs = (): Micros => (systemClock.wallUs() + options.offsetUs) as Micros;
const market = new SmallMarket(ACCOUNT, "paper", { instruments, quotes, nowUs: nowUs(), day: day as IsoDay });
const context = () => {
  market.nowUs = nowUs();
  market.quote(quotes, 1000);
  return market.context();
};

const log = await new Promise<OrderLog>((opened) => {
  LedgerClient.open({ path: join(options.stateDir, "ledger.sqlite"), accounts: null }, (answer) => {
    if ("append" in answer) opened(answer);
    else throw new Error(answer.message);
  });
});
const { rest, ws, keys } = options.broker;
const at = { rest, ws, keys };
const real = openAlpacaBroker(
  {
    ...at,
    clock: systemClock,
    instruments: { byId: (id) => instruments.find((i) => i.id === id) ?? null, bySymbol: () => null },
    log: () => undefined,
  },
  QUICK,
);
/** The small market's account holds another sum of money than the venue's. */
const asked = real.account.bind(real);
real.account = (reply) => asked((a) => reply(a.ok ? { ok: true, value: { ...a.value, cash: [] } } : a));

const digest = (name: string) => (text: string) => createHash(name).update(text).digest("hex");
const limits = {
  ...ORDER_SETTINGS.limits,
  duplicateMs: 0,
  ratePerMinute: HUGE,
  maxShares: HUGE,
  maxPremium: HUGE,
  maxLossPct: HUGE,
  maxNamePct: HUGE,
  maxDeltaPct: HUGE,
  maxTurnoverPct: HUGE,
  maxVega: HUGE,
  dayLossPct: HUGE,
};
const { records, lastOrder, lastTicket } = log.kept;
const desk = new OrderDesk({
  world: {
    digests: { sha1: digest("sha1"), sha256: digest("sha256") },
    context,
    nowUs,
    seq: () => 0,
    monotonicMs: () => systemClock.monotonicMs(),
    after: (ms, run) => systemClock.after(ms, run),
    note: () => undefined,
    changed: () => undefined,
    slowDown: () => null,
    define: () => true,
  },
  ledger: log,
  broker: () => real,
  rules: { mode: "paper", account: ACCOUNT, limits, defaults: ORDER_SETTINGS.defaults, fees: [] },
  previews: { lifeUs: 15_000_000, shownMs: 0, typedAbove: null },
  baseCcy: "USD",
  base: BASE,
  onward: true,
  readOnly: log.readOnly,
  session: "venue",
  day,
  records,
  lastOrder,
  lastTicket,
});

const host: TraderHost = {
  command: async (command): Promise<CommandResult> => {
    const result = orderCommand(desk, command as OrderCommand);
    desk.overlay();
    return result;
  },
  subscribe: (view, params, show) => {
    const look = (): void => {
      desk.overlay();
      const model =
        view === "orders"
          ? ordersView(desk, context())
          : previewView(desk, context(), params as { readonly preview: string });
      show(model as never);
    };
    const timer = setInterval(look, SHOW_MS);
    queueMicrotask(look);
    return () => clearInterval(timer);
  },
};
await real.ready;
const [first, ...calls] = instruments.map((i) => i.id);
const traded = {
  singles: [first as never, ...calls],
  pairs: calls.length > 1 ? [[calls[0], calls[1]] as never] : [],
};
const trader = new Trader(host, traded, options.seed, say);
await trader.begin();
if (!options.settle) await trader.trade();
await trader.settle(SETTLE_MS);
await real.close();
await log.close();
process.exit(0);
