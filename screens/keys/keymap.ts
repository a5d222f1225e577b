/** Every pane there is, by the name its folder has. */
export const PANE_IDS = [
  "positions",
  "watch",
  "chart",
  "chain",
  "surface",
  "exposure",
  "flow",
  "scenarios",
  "orders",
  "regime",
  "feeds",
  "log",
  "tape",
] as const;
export type PaneId = (typeof PANE_IDS)[number];

/** Modes: while one is open, letters are its commands and only the keys that work anywhere go past it. */
export const MODE_IDS = ["ticket", "preview", "structure", "story"] as const;
export type ModeId = (typeof MODE_IDS)[number];

export type KeyGroup = "MOVE" | "SEE" | "TRADE" | "REPLAY" | "ANY";

export interface Binding {
  readonly action: string;
  /** Key names of the tokenizer; a blank between two keys makes a sequence, `#` in a sequence stands for any digit. */
  readonly keys: readonly string[];
  /** `always`: dialogs and text fields too. `pane`: in every pane that has the action. `explain`: while an explanation is open. Else the own key of a pane or a mode. */
  readonly where: "always" | "pane" | "explain" | PaneId | ModeId;
  readonly group: KeyGroup;
  readonly help: string;
  /** Words for the hint row, how early they are dropped (1 last), and the action whose key stands beside its own there. */
  readonly hint?: readonly [rank: number, text: string, beside?: string];
}

const bind = <const A extends string, const W extends Binding["where"]>(
  action: A,
  keys: readonly string[],
  where: W,
  group: KeyGroup,
  help: string,
  hint?: Binding["hint"],
): Binding & { readonly action: A; readonly where: W } =>
  hint ? { action, keys, where, group, help, hint } : { action, keys, where, group, help };

/** A mode's own key; its action is named after the mode. */
const own = <const M extends ModeId, const A extends string>(
  mode: M,
  name: A,
  keys: readonly string[],
  help: string,
  hint?: Binding["hint"],
) => bind<`${M}.${A}`, M>(`${mode}.${name}`, keys, mode, "TRADE", help, hint);

/** The one table of keys: dispatch, help, hints and the conflict check read it. */
export const KEYMAP = [
  bind("kill", ["ctrl-x"], "always", "ANY", "KILL: cancel all, block", [1, "KILL"]),
  bind("leave", ["ctrl-c"], "always", "ANY", "leave field or dialog; twice quits"),
  bind("suspend", ["ctrl-z"], "always", "ANY", "suspend"),
  bind("repaint", ["ctrl-l"], "always", "ANY", "repaint"),
  bind("back", ["esc", "ctrl-g"], "always", "ANY", "back one level"),

  bind("pane.positions", ["1"], "pane", "ANY", "Positions"),
  bind("pane.watch", ["2"], "pane", "ANY", "Watch"),
  bind("pane.chart", ["3"], "pane", "ANY", "Chart"),
  bind("pane.chain", ["4"], "pane", "ANY", "Chain"),
  bind("pane.surface", ["5"], "pane", "ANY", "Surface"),
  bind("pane.exposure", ["6"], "pane", "ANY", "Exposure"),
  bind("pane.flow", ["7"], "pane", "ANY", "Flow"),
  bind("pane.scenarios", ["8"], "pane", "ANY", "Scenarios"),
  bind("pane.orders", ["9"], "pane", "ANY", "Orders"),
  bind("pane.regime", ["0"], "pane", "ANY", "Regime"),
  bind("pane.feeds", ["F"], "pane", "ANY", "Feeds"),
  bind("pane.log", ["L"], "pane", "ANY", "Log"),
  bind("pane.next", ["tab"], "pane", "ANY", "next pane"),
  bind("pane.previous", ["shift-tab"], "pane", "ANY", "previous pane"),
  bind("pane.last", ["`", "ctrl-o"], "pane", "ANY", "last pane"),
  bind("close", ["q"], "pane", "ANY", "close pane"),
  bind("command", [":", "ctrl-p"], "pane", "ANY", "command", [4, "command"]),
  bind("help", ["?"], "pane", "ANY", "help", [2, "help"]),

  bind("up", ["k", "up"], "pane", "MOVE", "row up"),
  bind("down", ["j", "down"], "pane", "MOVE", "row down"),
  bind("left", ["h", "left"], "pane", "MOVE", "column left"),
  bind("right", ["l", "right"], "pane", "MOVE", "column right"),
  bind("top", ["g g", "home"], "pane", "MOVE", "first"),
  bind("bottom", ["G", "end"], "pane", "MOVE", "last"),
  bind("pageDown", ["ctrl-d", "pgdn"], "pane", "MOVE", "page down"),
  bind("pageUp", ["ctrl-u", "pgup"], "pane", "MOVE", "page up"),
  bind("previousGroup", ["{", "K"], "pane", "MOVE", "previous group"),
  bind("nextGroup", ["}", "J"], "pane", "MOVE", "next group"),
  bind("open", ["enter"], "pane", "MOVE", "open or fold"),

  bind("explain", ["i"], "pane", "SEE", "explain", [3, "explain"]),
  bind("explainStatus", ["I"], "pane", "SEE", "explain the status rows"),
  bind("explainPin", ["p"], "explain", "SEE", "pin the explanation"),
  bind("filter", ["/"], "pane", "SEE", "filter", [6, "filter"]),
  bind("sort", ["o"], "pane", "SEE", "sort"),
  bind("columns", ["|"], "pane", "SEE", "columns"),
  bind("zoom", ["z"], "pane", "SEE", "zoom"),
  bind("view", ["m"], "pane", "SEE", "next view"),
  bind("units", ["u"], "pane", "SEE", "units"),
  bind("mark", ["v"], "pane", "SEE", "mark row"),
  bind("copyCell", ["y"], "pane", "SEE", "copy cell"),
  bind("copyRow", ["Y"], "pane", "SEE", "copy row"),
  bind("refresh", ["r"], "pane", "SEE", "refresh"),
  bind("alert", ["a"], "pane", "SEE", "alert here"),
  bind("alerts", ["A"], "pane", "SEE", "alerts"),
  bind("whatIf", ["w"], "pane", "SEE", "what-if"),
  bind("pin", ["="], "pane", "SEE", "pin instrument"),

  bind("buy", ["b"], "pane", "TRADE", "buy", [3, "trade", "sell"]),
  bind("sell", ["s"], "pane", "TRADE", "sell"),
  bind("closeRow", ["x"], "pane", "TRADE", "close row"),
  bind("structure", ["t"], "pane", "TRADE", "structure"),
  bind("reduceOnly", ["R"], "pane", "TRADE", "reduce only"),

  bind("replay.pause", ["space"], "pane", "REPLAY", "pause or run", [5, "pause"]),
  bind("replay.slower", ["["], "pane", "REPLAY", "slower"),
  bind("replay.faster", ["]"], "pane", "REPLAY", "faster"),
  bind("replay.backEvent", [","], "pane", "REPLAY", "one event back"),
  bind("replay.nextEvent", ["."], "pane", "REPLAY", "one event on"),
  bind("replay.backSecond", ["<"], "pane", "REPLAY", "1 s back"),
  bind("replay.nextSecond", [">"], "pane", "REPLAY", "1 s on"),
  bind("replay.backMinute", ["("], "pane", "REPLAY", "1 min back"),
  bind("replay.nextMinute", [")"], "pane", "REPLAY", "1 min on"),
  bind("replay.jump", ["g #", "g +", "g -", "g o"], "pane", "REPLAY", "jump: 10:35, +5m, open"),
  bind("replay.bookmark", ["M"], "pane", "REPLAY", "bookmark"),
  bind("bookmarks", ["g m"], "pane", "REPLAY", "bookmarks"),

  bind("orders.cancel", ["x"], "orders", "TRADE", "cancel this"),
  bind("orders.cancelAll", ["X"], "orders", "TRADE", "cancel all"),
  bind("orders.amend", ["e"], "orders", "TRADE", "amend by a ticket"),
  bind("orders.priceUp", ["+"], "orders", "TRADE", "price up a tick"),
  bind("orders.priceDown", ["-"], "orders", "TRADE", "price down a tick"),
  bind("orders.send", ["C"], "orders", "TRADE", "send the price on the row"),
  bind("orders.preview", ["p"], "orders", "TRADE", "preview marked tickets"),
  bind("orders.like", ["n"], "orders", "TRADE", "new ticket like this"),
  bind("orders.leave", ["H"], "orders", "TRADE", "left at work when the desk freezes"),
  bind("orders.net", ["N"], "orders", "TRADE", "net marked tickets across sleeves"),
  bind("orders.pair", ["P"], "orders", "TRADE", "pair marked tickets, or take apart"),
  bind("orders.queue", ["Q"], "orders", "TRADE", "queue for a session window"),
  bind("orders.work", ["W"], "orders", "TRADE", "limit follows the market, or stands"),
  bind("chain.addLong", ["+"], "chain", "TRADE", "long leg"),
  bind("chain.addShort", ["-"], "chain", "TRADE", "short leg"),
  bind("chain.dropLeg", ["backspace"], "chain", "TRADE", "drop last leg"),
  bind("chain.ticket", ["p"], "chain", "TRADE", "ticket from legs"),
  bind("watch.list", ["n"], "watch", "SEE", "marked rows to a list"),
  bind("chart.anchor", ["c"], "chart", "SEE", "VWAP from the crosshair"),
  bind("exposure.convention", ["c"], "exposure", "SEE", "sign convention"),
  bind("surface.compare", ["c"], "surface", "SEE", "compare with 1d, 1w"),
  bind("scenarios.axes", ["e"], "scenarios", "SEE", "axes"),
  bind("scenarios.index", ["c"], "scenarios", "SEE", "own spot or index by beta"),

  own("ticket", "preview", ["p", "enter"], "preview", [1, "preview"]),
  own("ticket", "next", ["tab", "l", "right"], "next field", [3, "field"]),
  own("ticket", "previous", ["shift-tab", "h", "left"], "previous field"),
  own("ticket", "up", ["k", "up"], "one step up", [4, "step"]),
  own("ticket", "down", ["j", "down"], "one step down"),
  own("ticket", "pageUp", ["pgup"], "ten up"),
  own("ticket", "pageDown", ["pgdn"], "ten down"),
  own("ticket", "mid", ["m"], "price from mid", [5, "mid"]),
  own("ticket", "bid", ["b"], "price from bid", [5, "bid"]),
  own("ticket", "ask", ["a"], "price from ask", [5, "ask"]),
  own("ticket", "follow", ["f"], "fixed or following price", [7, "follow"]),
  own("ticket", "money", ["$"], "quantity by money", [9, "money"]),
  own("ticket", "percent", ["%"], "quantity by % of the position", [9, "percent"]),
  own("ticket", "tif", ["d"], "time in force: day, gtc, ioc", [6, "day gtc ioc"]),
  own("ticket", "flip", ["r"], "flip the side", [8, "flip"]),
  own("ticket", "drop", ["D"], "drop the ticket", [4, "drop"]),
  own("ticket", "restore", ["u"], "restore a dropped ticket"),
  own("ticket", "help", ["?"], "keys"),

  own("preview", "confirm", ["C"], "confirm and send"),
  own("preview", "edit", ["e"], "edit the ticket"),
  own("preview", "renew", ["p"], "preview again"),
  own("preview", "scenario", ["w"], "book by spot and vol, without and with the order"),
  own("preview", "explain", ["i"], "explain a guard"),
  own("preview", "up", ["k", "up"], "up"),
  own("preview", "down", ["j", "down"], "down"),
  own("preview", "help", ["?"], "keys"),

  own("structure", "vertical", ["v"], "vertical"),
  own("structure", "straddle", ["s"], "straddle"),
  own("structure", "strangle", ["g"], "strangle"),
  own("structure", "condor", ["c"], "iron condor"),
  own("structure", "fly", ["f"], "fly"),
  own("structure", "calendar", ["k"], "calendar"),
  own("structure", "diagonal", ["d"], "diagonal"),
  own("structure", "roll", ["r"], "roll (then: debit or credit)"),
  own("structure", "close", ["x"], "close the row"),
  own("structure", "wider", ["l", "right"], "wider"),
  own("structure", "narrower", ["h", "left"], "narrower"),
  own("structure", "strikeUp", ["up"], "next strike"),
  own("structure", "strikeDown", ["down"], "strike below"),
  own("structure", "later", ["}", "J"], "later expiry"),
  own("structure", "earlier", ["{", "K"], "earlier expiry"),
  own("structure", "type", ["p"], "calls or puts"),
  own("structure", "stage", ["enter"], "open the ticket"),
  own("structure", "help", ["?"], "keys"),

  own("story", "up", ["k", "up"], "up"),
  own("story", "down", ["j", "down"], "down"),
  own("story", "pageUp", ["pgup", "ctrl-u"], "page up"),
  own("story", "pageDown", ["pgdn", "ctrl-d"], "page down"),
  own("story", "close", ["q", "enter"], "close"),
  own("story", "help", ["?"], "keys"),
] as const satisfies readonly Binding[];

type Row = (typeof KEYMAP)[number];
type ModeRow<M extends ModeId = ModeId> = Extract<Row, { readonly where: M }>;
/** What panes and the screen do. */
export type ActionId = Exclude<Row, { readonly where: ModeId }>["action"];
export type ModeActionId = ModeRow["action"];
/** What a mode does, by the name within it. */
export type ModeAction<M extends ModeId> = ModeRow<M>["action"] extends infer A
  ? A extends `${M}.${infer Name}`
    ? Name
    : never
  : never;

export type PaneBinding = Binding & {
  readonly action: ActionId;
  readonly where: Exclude<Binding["where"], ModeId>;
};
export type KeyBinding = PaneBinding | (Binding & { readonly action: ModeActionId; readonly where: ModeId });

const isMode = (where: Binding["where"]): where is ModeId => MODE_IDS.some((mode) => mode === where);

/** Bindings of panes and of the screen: what has a verb on the command line. */
export const PANE_KEYS: readonly PaneBinding[] = KEYMAP.filter(
  (b) => !isMode(b.where),
) as readonly PaneBinding[];

/** `space` and `ctrl-x` as a person reads them; a sequence without its blank. */
export function keyLabel(key: string): string {
  if (key === "up") return "↑";
  if (key === "down") return "↓";
  if (key === "left") return "←";
  if (key === "right") return "→";
  const names: Readonly<Record<string, string>> = {
    enter: "Enter",
    esc: "Esc",
    tab: "Tab",
    "shift-tab": "shift-Tab",
    pgup: "PgUp",
    pgdn: "PgDn",
    home: "Home",
    end: "End",
    backspace: "Backspace",
    "g #": "g10:35",
    "g +": "g+5m",
    "g -": "g-5m",
    "g o": "g open",
  };
  return names[key] ?? key.replace(" ", "");
}

/** Pairs of bindings that one key press in one place could mean: none, or the table is wrong. */
export function conflicts(keymap: readonly Binding[] = KEYMAP): string[] {
  const found: string[] = [];
  for (const place of [...PANE_IDS, ...MODE_IDS]) {
    const seen = new Map<string, Binding>();
    // A pane's own keys replace shared ones on purpose only where the pane can't have the shared action; a mode hides them all.
    const shared = isMode(place) ? ["always"] : ["always", "pane"];
    const here = keymap.filter((b) => b.where === place || shared.includes(b.where));
    for (const binding of here) {
      for (const key of binding.keys) {
        const other = seen.get(key);
        if (other === undefined) seen.set(key, binding);
        else if (!mayShadow(binding, other))
          found.push(`${place}: ${key} is ${other.action} and ${binding.action}`);
      }
      for (const key of binding.keys) {
        const first = key.split(" ")[0] as string;
        if (first !== key && seen.has(first)) found.push(`${place}: ${first} hides ${key}`);
      }
    }
  }
  return found;
}

const SHADOWS: Readonly<Record<string, string>> = { "orders.cancel": "closeRow" };
const mayShadow = (a: Binding, b: Binding): boolean =>
  SHADOWS[a.action] === b.action || SHADOWS[b.action] === a.action;
