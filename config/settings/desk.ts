import { choice, integer, lists, path, type Setting } from "../setting-kinds.ts";

/** What the desk holds, how it marks, and what it keeps of itself. */
export const DESK_SETTINGS = {
  watch: lists({
    default: {},
    maxItems: 500,
    help: "Watch lists by name; without any, the list is what the portfolio holds and its underlyings.",
  }),
  "state.dir": path({ help: "Folder for logs and history. Usual place: $XDG_STATE_HOME/voldesk." }),
  "portfolio.file": path({
    help: "Paper portfolio to open with. Usual place: the one that comes with the session.",
  }),
  "market.file": path({
    help: "Own rates, dividends and exchange rates, on top of those that come with the program. Usual place: $XDG_CONFIG_HOME/voldesk/market.yaml.",
  }),
  "marks.policy": choice(["neutral", "conservative", "intrinsic", "bs_model"], {
    default: "neutral",
    help: "How options without a good quote are marked: neutral by model, conservative on the worse side, intrinsic at exercise value, bs_model always by model.",
  }),
  "marks.tickAgeMs": integer({
    default: 5_000,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    help: "How long a quote stands without being confirmed where every change was recorded; older ones are stale.",
  }),
  "marks.minuteBarAgeMs": integer({
    default: 90_000,
    min: 60_000,
    max: 3_600_000,
    unit: "ms",
    help: "The same where minute bars were recorded.",
  }),
  "margin.profile": choice(["cash", "regT"], {
    default: "regT",
    help: "Margin rules of the paper account: what is left after them is the buying power.",
  }),
  "desk.hashEvents": integer({
    default: 100_000,
    min: 1_000,
    max: 100_000_000,
    unit: "events",
    help: "The whole state is hashed each time this many events were applied.",
  }),
  "desk.checkpointEvents": integer({
    default: 10_000,
    min: 500,
    max: 10_000_000,
    unit: "events",
    help: "Distance between the checkpoints that make jumps quick. Closer ones take more memory.",
  }),
  "desk.checkpointLimit": integer({
    default: 64,
    min: 4,
    max: 4_096,
    unit: "checkpoints",
    help: "Most checkpoints kept at a time; older ones are thinned out.",
  }),
  "desk.tapePrints": integer({
    default: 2_000,
    min: 100,
    max: 1_000_000,
    unit: "prints",
    help: "Prints kept for the tape.",
  }),
  "desk.logEntries": integer({
    default: 1_000,
    min: 50,
    max: 100_000,
    unit: "entries",
    help: "Messages kept for the log pane.",
  }),
} as const satisfies Record<string, Setting>;
