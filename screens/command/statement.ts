import type { IsoDay, Slot } from "../../engines/market/index.ts";
import { type ActionId, PANE_IDS, PANE_KEYS, type PaneId } from "../keys/keymap.ts";
import type { AlertPlace, AlertStatement } from "./alert.ts";
import { ORDER_VERBS, type Order, type Price } from "./order-terms.ts";

/** What a line says, read but not done. */
export type Statement =
  | Order
  | AlertStatement
  | { readonly kind: "cancel"; readonly what: string }
  | {
      readonly kind: "amend";
      readonly id: string;
      readonly price: Price | null;
      readonly size: number | null;
    }
  /** What is done with staged tickets: those that are named, else the marked ones or the one under the cursor. */
  | {
      readonly kind: "tickets";
      readonly verb: TicketVerb;
      readonly tickets: readonly string[];
      readonly word: string | null;
    }
  | { readonly kind: "watch"; readonly add: boolean; readonly slots: readonly Slot[] }
  /** A pane, on an instrument where one was named. */
  | {
      readonly kind: "show";
      readonly pane: PaneId;
      readonly slot: Slot | null;
      readonly expiry: IsoDay | null;
    }
  | { readonly kind: "go"; readonly to: string }
  | { readonly kind: "speed"; readonly speed: number | "max" }
  | { readonly kind: "loop"; readonly on: boolean | null }
  | { readonly kind: "layout"; readonly op: "use" | "save" | "load"; readonly name: string }
  | { readonly kind: "set"; readonly key: string; readonly value: string }
  | {
      readonly kind: "export";
      readonly what: ExportWhat;
      readonly format: ExportFormat;
      /** As typed, blanks and capitals too. */
      readonly file: string;
    }
  | { readonly kind: "plain"; readonly verb: PlainVerb }
  /** Known, and not to be had here: why. */
  | { readonly kind: "tell"; readonly verb: string; readonly text: string }
  /** What a key does. */
  | { readonly kind: "act"; readonly action: ActionId };

/** `pane` is the one that has the focus. */
export const EXPORT_WHATS = [
  "pane",
  "positions",
  "chain",
  "tape",
  "bars",
  "watch",
  "surface",
  "exposure",
  "flow",
  "scenarios",
  "levels",
  "orders",
  "log",
  "session",
] as const;
export type ExportWhat = (typeof EXPORT_WHATS)[number];
export const EXPORT_FORMATS = ["csv", "json", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const PLAIN_VERBS = ["say", "keys", "pause", "run", "kill", "reduce", "resume", "q", "tour"] as const;
export type PlainVerb = (typeof PLAIN_VERBS)[number];

export const TICKET_VERBS = ["net", "cross", "pair", "job", "work", "sleeve", "worth"] as const;
export type TicketVerb = (typeof TICKET_VERBS)[number];
/** Windows that `job` knows; `off` takes tickets off the queue. */
export const JOB_WORDS = ["any", "midday", "open", "close", "off"] as const;

/** A setting that can change while the desk runs: the values it takes. */
export interface LiveSetting {
  readonly key: string;
  readonly values: readonly string[];
}

/** What the grammar asks of the screen: nothing is changed by it. */
export interface GrammarContext extends AlertPlace {
  /** A sentence when the words are no place in the session. */
  readonly jump: (words: string) => string | null;
  readonly quote: (slot: Slot) => { readonly bid: number; readonly ask: number } | null;
  readonly settings: readonly LiveSetting[];
  /** Names of the layouts there are. */
  readonly layouts: readonly string[];
}

/** Panes that take an instrument; the verb is the first word. */
export const SHOW_VERBS: Readonly<Record<string, PaneId>> = {
  ...Object.fromEntries(PANE_IDS.map((id) => [id, id])),
  scen: "scenarios",
};

/** Must be typed in full. */
export const WHOLE: ReadonlySet<string> = new Set(["kill", "resume", "q"]);

/** The documented verbs; a prefix is looked for among these first. */
export const VERBS: readonly string[] = [
  ...new Set<string>([
    ...ORDER_VERBS,
    "cancel",
    "amend",
    ...TICKET_VERBS,
    "watch",
    "unwatch",
    "alert",
    ...Object.keys(SHOW_VERBS),
    "go",
    "speed",
    "loop",
    "layout",
    "w",
    "report",
    "feed",
    "export",
    "theme",
    "set",
    ...PLAIN_VERBS,
  ]),
];

/** `pane.next` → `next-pane`, `replay.nextEvent` → `next-event`, `orders.cancel` → `orders-cancel`. */
function verbOfAction(action: string): string {
  const dashed = (name: string) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  const [group = "", name] = action.split(".");
  if (name === undefined) return dashed(group);
  if (group === "replay") return dashed(name);
  return group === "pane" ? `${dashed(name)}-pane` : `${group}-${dashed(name)}`;
}

/** Every key action by its verb: those of panes and of pause are among the documented verbs. */
export const ACTION_VERBS: ReadonlyMap<string, ActionId> = new Map(
  PANE_KEYS.map((b): [string, ActionId] => [verbOfAction(b.action), b.action]).filter(
    ([verb]) => !VERBS.includes(verb),
  ),
);
