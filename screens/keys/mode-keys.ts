import type { KeyGroup } from "./keymap.ts";

/** A mode of its own: while one is open, letters are its commands and only the keys that work anywhere go past it. */
export const MODE_IDS = ["ticket", "preview", "structure", "story"] as const;
export type ModeId = (typeof MODE_IDS)[number];

export interface ModeBinding {
  readonly action: string;
  readonly keys: readonly string[];
  readonly group: KeyGroup;
  readonly help: string;
  /** Words for the bottom edge, and how early they are dropped (1 last). */
  readonly hint?: readonly [rank: number, text: string];
}

const bind = <const A extends string>(
  action: A,
  keys: readonly string[],
  help: string,
  hint?: ModeBinding["hint"],
): ModeBinding & { readonly action: A } =>
  hint ? { action, keys, group: "TRADE", help, hint } : { action, keys, group: "TRADE", help };

/** Keys of the modes. Digits, the point and the sign edit the focused field where one takes them. */
export const MODE_KEYS = {
  ticket: [
    bind("preview", ["p", "enter"], "preview", [1, "preview"]),
    bind("next", ["tab", "l", "right"], "next field", [3, "field"]),
    bind("previous", ["shift-tab", "h", "left"], "previous field"),
    bind("up", ["k", "up"], "one step up", [4, "step"]),
    bind("down", ["j", "down"], "one step down"),
    bind("pageUp", ["pgup"], "ten up"),
    bind("pageDown", ["pgdn"], "ten down"),
    bind("mid", ["m"], "price from mid", [5, "mid"]),
    bind("bid", ["b"], "price from bid", [5, "bid"]),
    bind("ask", ["a"], "price from ask", [5, "ask"]),
    bind("follow", ["f"], "fixed or following price", [7, "follow"]),
    bind("money", ["$"], "quantity by money", [9, "money"]),
    bind("percent", ["%"], "quantity by % of the position", [9, "percent"]),
    bind("tif", ["d"], "time in force: day, gtc, ioc", [6, "day gtc ioc"]),
    bind("flip", ["r"], "flip the side", [8, "flip"]),
    bind("drop", ["D"], "drop the ticket", [4, "drop"]),
    bind("restore", ["u"], "restore a dropped ticket"),
    bind("help", ["?"], "keys"),
  ],
  preview: [
    bind("confirm", ["C"], "confirm and send"),
    bind("edit", ["e"], "edit the ticket"),
    bind("renew", ["p"], "preview again"),
    bind("scenario", ["w"], "book by spot and vol, without and with the order"),
    bind("explain", ["i"], "explain a guard"),
    bind("up", ["k", "up"], "up"),
    bind("down", ["j", "down"], "down"),
    bind("help", ["?"], "keys"),
  ],
  structure: [
    bind("vertical", ["v"], "vertical"),
    bind("straddle", ["s"], "straddle"),
    bind("strangle", ["g"], "strangle"),
    bind("condor", ["c"], "iron condor"),
    bind("fly", ["f"], "fly"),
    bind("calendar", ["k"], "calendar"),
    bind("diagonal", ["d"], "diagonal"),
    bind("roll", ["r"], "roll (then: debit or credit)"),
    bind("close", ["x"], "close the row"),
    bind("wider", ["l", "right"], "wider"),
    bind("narrower", ["h", "left"], "narrower"),
    bind("strikeUp", ["up"], "next strike"),
    bind("strikeDown", ["down"], "strike below"),
    bind("later", ["}", "J"], "later expiry"),
    bind("earlier", ["{", "K"], "earlier expiry"),
    bind("type", ["p"], "calls or puts"),
    bind("stage", ["enter"], "open the ticket"),
    bind("help", ["?"], "keys"),
  ],
  story: [
    bind("up", ["k", "up"], "up"),
    bind("down", ["j", "down"], "down"),
    bind("pageUp", ["pgup", "ctrl-u"], "page up"),
    bind("pageDown", ["pgdn", "ctrl-d"], "page down"),
    bind("close", ["q", "enter"], "close"),
    bind("help", ["?"], "keys"),
  ],
} as const satisfies Readonly<Record<ModeId, readonly ModeBinding[]>>;

export type ModeAction<M extends ModeId> = (typeof MODE_KEYS)[M][number]["action"];

/** What a key means in a mode, null when nothing. */
export function modeAction<M extends ModeId>(mode: M, key: string): ModeAction<M> | null {
  const list: readonly ModeBinding[] = MODE_KEYS[mode];
  return (list.find((b) => b.keys.includes(key))?.action ?? null) as ModeAction<M> | null;
}

/** Keys that would mean two things in one mode: none, or the table is wrong. */
export function modeConflicts(): string[] {
  return MODE_IDS.flatMap((mode) => {
    const seen = new Set<string>();
    const list: readonly ModeBinding[] = MODE_KEYS[mode];
    return list.flatMap((b) => b.keys.flatMap((k) => (seen.has(k) ? [`${mode}: ${k}`] : (seen.add(k), []))));
  });
}
