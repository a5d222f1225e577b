import { liveBoot, venueBroker } from "../live/boot.ts";
import { quotedCall, Trader } from "../live/trader.ts";

/** A live desk in a process of its own that puts an order to work at the venue and then does nothing more. */
const [, , url, stateDir, offset] = process.argv as unknown as [string, string, string, string, string];
const trader = new Trader(
  liveBoot(url, Number(offset), {
    symbols: ["SPY"],
    record: null,
    stateDir,
    broker: { ...venueBroker(url, `${stateDir}/accounts.sqlite`), guardMs: 6_000 },
  }),
);
await trader.seen("orders", {});
const call = await quotedCall(trader, "EQ/SPY/USD" as never);
const id = await trader.trade({
  legs: [{ instrument: call, ratio: 1 }],
  price: { by: "limit", price: "0.05" },
});
await trader.order(id, (o) => o.state === "working");
console.log(`working ${id}`);
await trader.seen("orders", {}, (m) => m.trading === "halted");
console.log(`halted: ${(await trader.seen("orders", {})).tradingReason}`);
await trader.order(id, (o) => o.state === "cancelled");
console.log("cancelled");
await trader.session.close();
process.exit(0);
