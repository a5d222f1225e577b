import { choice, flag, integer, type Setting, word } from "../setting-kinds.ts";

/** Where orders go, and what watches over them there. */
export const BROKER_SETTINGS = {
  "orders.broker": choice(["paper", "alpaca", "ibkr", "deribit"], {
    default: "paper",
    help: "Where a live desk's orders go: paper is the embedded account that trades on the quotes of any feed.",
  }),
  "orders.account": word({
    default: "",
    takes: "a broker's number of an account, or nothing",
    pattern: /^[A-Za-z0-9-]*$/,
    help: "The only account that orders may go to; empty takes the one that the keys open.",
  }),
  "orders.openHalted": choice(["live", "always", "never"], {
    default: "live",
    help: "Whether a desk on live quotes opens halted until :resume is typed: where money is real, always, or never.",
  }),
  "orders.killOthers": flag({
    default: false,
    help: "The kill key cancels orders that were made elsewhere too.",
  }),
  "orders.alpacaUrl": word({
    default: "https://paper-api.alpaca.markets",
    takes: "an address",
    pattern: /^https?:\/\/[^\s/]+(\/[^\s/]+)*$/,
    help: "Alpaca's trading address; https://api.alpaca.markets is the one with real money.",
  }),
  "orders.deribitCancelOnDisconnect": flag({
    default: false,
    help: "Deribit cancels working orders when the connection is lost; off, they stay and `voldesk guard` cancels them when the desk freezes.",
  }),
  "orders.guard": flag({
    default: true,
    help: "A small second process cancels working orders at the broker when the desk freezes, where the broker has no such timer.",
  }),
  "orders.guardMs": integer({
    default: 60_000,
    min: 5_000,
    max: 3_600_000,
    unit: "ms",
    help: "A desk that is silent this long counts as frozen.",
  }),
} as const satisfies Readonly<Record<string, Setting>>;
