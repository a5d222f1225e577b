import { choice, flag, integer, lists, numberOr, path, type Setting, word } from "./setting-kinds.ts";

/**
 * Every setting, declared once. The schema, default.yaml, `voldesk config show`, environment variables and the README's table are made from
 * this list.
 */
export const SETTINGS = {
  theme: choice(["default", "classic", "light", "mono"], {
    default: "default",
    help: "Colours: default has blue up and orange down, classic green and red, light is for a light background, mono has none.",
  }),
  "screen.fps": integer({
    default: 30,
    min: 1,
    max: 60,
    unit: "frames/s",
    help: "Most frames a second for moving data. Keys are drawn at once whatever this is.",
  }),
  "screen.calm": flag({ default: false, help: "Two frames a second, no flash, no spinner." }),
  "screen.ascii": flag({ default: false, help: "Plain ASCII glyphs, for fonts that lack the others." }),
  "screen.flash": flag({ default: true, help: "A changed cell is inverse for one short step." }),
  "screen.color": choice(["auto", "none", "16", "256", "truecolor"], {
    default: "auto",
    help: "How many colours to use; auto asks the terminal, and NO_COLOR means none.",
  }),
  "alerts.signal": choice(["none", "bell", "osc9"], {
    default: "none",
    help: "What an alert does besides its message: bell rings, osc9 asks the terminal for a desktop notification.",
  }),
  "replay.session": word({
    default: "goog-2015-12-24",
    takes: "the name of a session or the path of its folder",
    pattern: /^[^\0]+$/,
    help: "The session that opens when none is named.",
  }),
  "replay.speed": numberOr({
    default: "session",
    words: ["session", "max"],
    min: 0.25,
    max: 100,
    unit: "x",
    help: "How fast a replay starts: session is the speed that the session itself asks for.",
  }),
  "replay.loop": flag({ default: false, help: "Begin again at the end." }),
  "live.feed": choice(["alpaca", "ibkr", "deribit", "venue"], {
    default: "alpaca",
    help: "Where live quotes come from when none is named; venue is a market on this machine that needs no keys.",
  }),
  "live.stockFeed": choice(["iex", "sip", "delayed_sip", "test"], {
    default: "iex",
    help: "Alpaca's stock stream: iex is free and one exchange only, sip is all of them and paid.",
  }),
  "live.optionFeed": choice(["indicative", "opra"], {
    default: "indicative",
    help: "Alpaca's option stream: indicative is free and derived, opra is the real one and paid.",
  }),
  "live.stockLimit": integer({
    default: 30,
    min: 1,
    max: 100_000,
    unit: "symbols",
    help: "Stocks that the data plan streams at once.",
  }),
  "live.optionLimit": integer({
    default: 200,
    min: 1,
    max: 100_000,
    unit: "symbols",
    help: "Option contracts that the data plan streams at once; others are asked for in turn.",
  }),
  "live.cryptoLimit": integer({
    default: 30,
    min: 1,
    max: 100_000,
    unit: "symbols",
    help: "Crypto pairs that the data plan streams at once.",
  }),
  "live.restPerMinute": integer({
    default: 200,
    min: 10,
    max: 100_000,
    unit: "requests/min",
    help: "Requests that the data plan answers in a minute.",
  }),
  "live.chainDays": integer({
    default: 45,
    min: 0,
    max: 1_000,
    unit: "days",
    help: "Chains are read up to expiries this far ahead.",
  }),
  "live.chainWidth": integer({
    default: 15,
    min: 1,
    max: 100,
    unit: "%",
    help: "Chains are read this far around the price of the underlying.",
  }),
  "live.rotated": integer({
    default: 2_000,
    min: 0,
    max: 100_000,
    unit: "instruments",
    help: "Most instruments that are asked for in turn because they cannot stream.",
  }),
  "live.ibkrUrl": word({
    default: "https://localhost:5000/v1/api",
    takes: "an address",
    pattern: /^https?:\/\/[^\s/]+(\/[^\s/]+)*$/,
    help: "Interactive Brokers' gateway. Its own certificate is trusted on this machine only.",
  }),
  "live.ibkrLines": integer({
    default: 100,
    min: 1,
    max: 10_000,
    unit: "lines",
    help: "Market data lines of the account at Interactive Brokers: what can stream at once.",
  }),
  "live.deribitUrl": word({
    default: "wss://www.deribit.com/ws/api/v2",
    takes: "an address",
    pattern: /^wss?:\/\/[^\s/]+(\/[^\s/]+)*$/,
    help: "Deribit's websocket; wss://test.deribit.com/ws/api/v2 is its test exchange.",
  }),
  "live.deribitLimit": integer({
    default: 300,
    min: 1,
    max: 10_000,
    unit: "instruments",
    help: "Most instruments that stream from Deribit at once.",
  }),
  "live.slots": integer({
    default: 16_384,
    min: 16,
    max: 262_144,
    unit: "instruments",
    help: "Instruments that a live session can hold.",
  }),
  "live.inboxRows": integer({
    default: 65_536,
    min: 1_024,
    max: 4_194_304,
    unit: "events",
    help: "Events that may wait for the desk; in a longer queue the quotes are merged, and the journal says so.",
  }),
  "live.keptBlocks": integer({
    default: 16,
    min: 1,
    max: 1_024,
    unit: "blocks",
    help: "Blocks of 65,536 events of a live session kept in memory for flow; 4.5 MB each.",
  }),
  "live.record": flag({ default: true, help: "Live sessions are recorded, so that they can be replayed." }),
  "live.recordStopMb": integer({
    default: 1_000,
    min: 10,
    max: 10_000_000,
    unit: "MB",
    help: "Recording stops when the disk has less free than this; the desk goes on.",
  }),
  "live.recordWarnMb": integer({
    default: 5_000,
    min: 10,
    max: 10_000_000,
    unit: "MB",
    help: "Less free than this is said while recording.",
  }),
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
  "orders.defaultContracts": integer({
    default: 1,
    min: 1,
    max: 1000,
    unit: "contracts",
    help: "Quantity of a new ticket that opens options or futures.",
  }),
  "orders.defaultShares": integer({
    default: 100,
    min: 1,
    max: 1000000,
    unit: "shares",
    help: "Quantity of a new ticket that opens stock.",
  }),
  "orders.previewMs": integer({
    default: 15_000,
    min: 1_000,
    max: 60_000,
    unit: "ms of session time",
    help: "Life of a preview: after it an order must be previewed again.",
  }),
  "orders.shownMs": integer({
    default: 300,
    min: 100,
    max: 5_000,
    unit: "ms",
    help: "How long a preview must stand on the screen before its C counts.",
  }),
  "orders.typedAbove": integer({
    default: 10,
    min: 0,
    max: 1_000_000,
    unit: "units",
    help: "Live orders above this size need their quantity typed.",
  }),
  "orders.maxContracts": integer({
    default: 50,
    min: 1,
    max: 1_000_000,
    unit: "contracts",
    help: "Most contracts of one leg in an order.",
  }),
  "orders.maxShares": integer({
    default: 5_000,
    min: 1,
    max: 100_000_000,
    unit: "shares",
    help: "Most shares in an order.",
  }),
  "orders.maxPremium": integer({
    default: 25_000,
    min: 1,
    max: 1_000_000_000,
    unit: "base currency",
    help: "Most premium that an order may pay.",
  }),
  "orders.maxLossPct": integer({
    default: 10,
    min: 1,
    max: 1000,
    unit: "% of NAV",
    help: "Worst loss of an order above which it needs your yes.",
  }),
  "orders.maxNamePct": integer({
    default: 50,
    min: 1,
    max: 10_000,
    unit: "% of NAV",
    help: "Worst loss on one underlying, the order included, above which it needs your yes.",
  }),
  "orders.maxDeltaPct": integer({
    default: 100,
    min: 1,
    max: 10_000,
    unit: "% of NAV",
    help: "$ delta of an order above which it needs your yes.",
  }),
  "orders.maxTurnoverPct": integer({
    default: 200,
    min: 1,
    max: 100_000,
    unit: "% of NAV",
    help: "Turnover of the day above which an order needs your yes.",
  }),
  "orders.maxVega": integer({
    default: 5_000,
    min: 1,
    max: 1_000_000_000,
    unit: "base currency per vol point",
    help: "Vega of the book after an order above which it needs your yes.",
  }),
  "orders.dayLossPct": integer({
    default: 5,
    min: 1,
    max: 100,
    unit: "% of NAV",
    help: "Loss of the day at which nothing may be opened any more.",
  }),
  "orders.duplicateMs": integer({
    default: 5_000,
    min: 0,
    max: 600_000,
    unit: "ms of session time",
    help: "An order equal to one this young needs your yes.",
  }),
  "orders.ratePerMinute": integer({
    default: 30,
    min: 1,
    max: 10_000,
    unit: "orders",
    help: "Most orders in a minute of session time.",
  }),
  "orders.fatFingerPct": integer({
    default: 20,
    min: 1,
    max: 1000,
    unit: "% of the mid",
    help: "A limit this far on the patient side is warned of.",
  }),
  "orders.spreadPct": integer({
    default: 8,
    min: 1,
    max: 100,
    unit: "% of the mid",
    help: "An option with a wider market is warned of, unless it is 0.05 or less.",
  }),
  "orders.minVolume": integer({
    default: 50,
    min: 0,
    max: 1_000_000,
    unit: "contracts",
    help: "Less volume of the day in an option is warned of.",
  }),
  "orders.minOpenInterest": integer({
    default: 200,
    min: 0,
    max: 1_000_000,
    unit: "contracts",
    help: "Less open interest in an option is warned of.",
  }),
  "orders.paperLatencyMs": integer({
    default: 50,
    min: 0,
    max: 60_000,
    unit: "ms of session time",
    help: "Time an order takes to the paper broker.",
  }),
  "orders.paperCash": integer({
    default: 100_000,
    min: 0,
    max: 1_000_000_000,
    unit: "USD",
    help: "Cash that a paper account on live quotes begins with where no portfolio file describes it.",
  }),
  "warehouse.path": path({
    help: "File of the warehouse. Usual place: warehouse.duckdb in the state folder.",
  }),
  "warehouse.memoryMb": integer({
    default: 1_000,
    min: 128,
    max: 1_000_000,
    unit: "MB",
    help: "Most memory the warehouse takes.",
  }),
  "warehouse.threads": integer({
    default: 2,
    min: 1,
    max: 64,
    unit: "threads",
    help: "Threads that the warehouse computes with.",
  }),
  "studies.store": flag({
    default: false,
    help: "voldesk surface, term, exposure, flow, levels and scenarios keep their results in the warehouse; --store and --no-store win.",
  }),
  "log.level": choice(["error", "warn", "info", "debug", "off"], {
    default: "info",
    help: "What goes to the log files in the state folder.",
  }),
  "log.fileKb": integer({
    default: 5_000,
    min: 10,
    max: 1_000_000,
    unit: "kB",
    help: "A log file is put aside when it is this long.",
  }),
  "log.files": integer({
    default: 4,
    min: 1,
    max: 100,
    unit: "files",
    help: "Log files kept in all, the newest included.",
  }),
  "doctor.diskFreeMb": integer({
    default: 500,
    min: 10,
    max: 10_000_000,
    unit: "MB",
    help: "Less free space than this in the state folder is a warning of `voldesk doctor`.",
  }),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];
export const setting = (key: SettingKey): Setting => SETTINGS[key];

type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type SettingValues = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

type Head<K> = K extends `${infer H}.${string}` ? H : K;
type Nest<T> = {
  readonly [H in Head<keyof T> & string]: H extends keyof T
    ? T[H]
    : Nest<{ [K in keyof T as K extends `${H}.${infer R}` ? R : never]: T[K] }>;
};
/** The whole config, as the tree that the YAML file is. */
export type Config = Nest<SettingValues>;

/** `screen.fps` → `VOLDESK_SCREEN_FPS`, `desk.hashEvents` → `VOLDESK_DESK_HASH_EVENTS`. */
export const envName = (key: string): string =>
  `VOLDESK_${key
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(".", "_")
    .toUpperCase()}`;

/** Variables that steer the program but are no settings. */
export const OTHER_ENV = [
  "VOLDESK_CONFIG",
  "VOLDESK_DEBUG",
  "VOLDESK_FASTEST",
  "VOLDESK_FIGURES",
  "VOLDESK_SHARED",
  "VOLDESK_SIZE",
  "VOLDESK_SOAK",
  "VOLDESK_SOURCEMAP",
] as const;
