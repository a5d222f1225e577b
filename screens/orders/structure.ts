import type { OptionType, Slot } from "../../engines/market/index.ts";
import type { Draft } from "../../src/desk/protocol.ts";
import type { Expiry, InstrumentIndex } from "../command/instruments.ts";
import type { ModeAction, ModeActionId } from "../keys/keymap.ts";
import type { Mode, ModeHost, ModeKey, SheetRoom } from "./mode.ts";
import type { Sheet } from "./sheet.ts";
import { hasFar, KIND_WORDS, KINDS, type Kind, legsOf, type Shape, strikeAt } from "./structure-legs.ts";
import { menuLines, wizardLines } from "./structure-lines.ts";
import type { OrderTarget } from "./target.ts";

/** Without a contract under the cursor a structure starts in the first expiry that is at least so many days off. */
const LEAST_DAYS = 5;

const KIND_OF: Readonly<Partial<Record<ModeAction<"structure">, Kind>>> = Object.fromEntries(
  KINDS.map((kind) => [kind, kind]),
);

interface Start {
  readonly root: string;
  readonly expiry: Expiry;
  readonly strike: number;
  readonly type: OptionType;
}

/** Where a structure starts from a row: at its contract, or at the money of its underlying's first useful expiry. */
export function startOf(slot: Slot, index: InstrumentIndex, quote: ModeHost["quote"]): Start | string {
  const instrument = index.at(slot)?.instrument;
  if (!instrument) return "No contract here.";
  const root = instrument.symbol;
  if (instrument.kind === "option") {
    const expiry = index.expiry(root, instrument.expiry);
    return expiry
      ? { root, expiry, strike: instrument.strike, type: instrument.type }
      : "Its expiry is not listed.";
  }
  const all = index.expiries(root);
  const expiry = all.find((e) => e.days >= LEAST_DAYS) ?? all.at(-1);
  if (!expiry) return `${root} has no options in this session.`;
  const q = quote(slot);
  const spot = q ? (q.bid + q.ask) / 2 : null;
  const strike = spot === null ? expiry.strikes[expiry.strikes.length >> 1] : strikeAt(expiry, spot, 0);
  return strike === undefined || strike === null
    ? `${expiry.label} has no strikes.`
    : { root, expiry, strike, type: "C" };
}

/** `t`: which structure, then its strikes and expiries by keys, then a ticket. */
export class StructureMode implements Mode {
  readonly id = "structure";
  readonly place = "strip";
  readonly everyMs = 250;
  #kind: Kind | null = null;
  #side: "buy" | "sell" = "buy";
  #expiry: Expiry;
  #far = 1;
  #strike: number;
  #type: OptionType;
  #width = 1;

  constructor(
    readonly host: ModeHost,
    readonly start: Start,
    readonly target: OrderTarget,
    readonly closeRow: () => void,
  ) {
    this.#expiry = start.expiry;
    this.#strike = start.strike;
    this.#type = start.type;
  }

  closed(): void {}
  back(): boolean {
    if (this.#kind === null) return false;
    this.#kind = null;
    this.host.touch();
    return true;
  }

  get #expiries(): readonly Expiry[] {
    return this.host.index().expiries(this.start.root);
  }

  #shape(kind: Kind): Shape {
    const at = this.#expiries.findIndex((e) => e.iso === this.#expiry.iso);
    return {
      kind,
      type: this.#type,
      near: this.#expiry,
      far: hasFar(kind) ? (this.#expiries[at + this.#far] ?? null) : null,
      strike: this.#strike,
      width: this.#width,
    };
  }

  sheet(room: SheetRoom): Sheet {
    const kind = this.#kind;
    return {
      title: [[`${this.start.root} ${kind === null ? "structure" : KIND_WORDS[kind]}`, "focus"]],
      lines:
        kind === null
          ? menuLines(this.host, this.target.held !== null, room.w)
          : wizardLines(this.host, this.#shape(kind), this.#side, room.w),
      foot: [
        [
          kind === null
            ? ` a letter  ${this.#label("back")} leave `
            : ` ${this.#label("structure.stage")} ticket  ${this.#label("back")} back `,
          "dim",
        ],
      ],
    };
  }

  #label(action: ModeActionId | "back"): string {
    return this.host.keys.labelOf(action);
  }
  key({ key }: ModeKey): void {
    const action = this.host.keys.inMode("structure", key);
    if (action === null) {
      this.host.notify(`${key} does nothing here (${this.#label("structure.help")} shows what does)`);
      return;
    }
    if (action === "help") this.host.help("structure");
    else if (this.#kind === null) this.#choose(action);
    else this.#turn(this.#kind, action);
    this.host.touch();
  }

  #choose(action: ModeAction<"structure">): void {
    const kind = KIND_OF[action];
    const held = this.target.held;
    if (action === "close") {
      this.host.leave(this);
      this.closeRow();
    } else if (kind === "roll" && held === null) this.host.notify("Nothing is held here to roll.");
    else if (kind !== undefined) {
      this.#kind = kind;
      this.#width = kind === "roll" ? 0 : 1;
    } else this.host.notify("Choose a structure first.");
  }

  #turn(kind: Kind, action: ModeAction<"structure">): void {
    switch (action) {
      case "wider":
        this.#widen(kind, 1);
        return;
      case "narrower":
        this.#widen(kind, -1);
        return;
      case "strikeUp":
        this.#move(1);
        return;
      case "strikeDown":
        this.#move(-1);
        return;
      case "later":
        this.#later(kind, 1);
        return;
      case "earlier":
        this.#later(kind, -1);
        return;
      case "type":
        this.#type = this.#type === "C" ? "P" : "C";
        return;
      case "roll":
        this.#side = this.#side === "buy" ? "sell" : "buy";
        return;
      case "stage":
        this.#stage(kind);
        return;
      default:
        this.host.notify(`${this.#label("back")} goes back to the list of structures.`);
    }
  }

  #widen(kind: Kind, by: number): void {
    const least = kind === "roll" ? Number.NEGATIVE_INFINITY : kind === "diagonal" ? 0 : 1;
    const width = Math.max(least, this.#width + by);
    const before = this.#width;
    this.#width = width;
    if (typeof legsOf(this.#shape(kind)) === "string") this.#width = before;
  }

  #move(by: number): void {
    const strike = strikeAt(this.#expiry, this.#strike, by);
    if (strike !== null) this.#strike = strike;
  }

  #later(kind: Kind, by: number): void {
    const all = this.#expiries;
    const at = all.findIndex((e) => e.iso === this.#expiry.iso);
    if (hasFar(kind)) {
      const far = this.#far + by;
      if (far >= 1 && all[at + far]) this.#far = far;
      return;
    }
    const next = all[at + by];
    if (!next) return;
    this.#expiry = next;
    this.#strike = strikeAt(next, this.#strike, 0) ?? this.#strike;
  }

  #stage(kind: Kind): void {
    const legs = legsOf(this.#shape(kind));
    if (typeof legs === "string") {
      this.host.notify(legs, "warn");
      return;
    }
    const roll = kind === "roll";
    // A short position rolls the other way round: what was sold is bought back.
    const sign = roll && (this.target.held ?? 0) < 0 ? -1 : 1;
    const draft: Draft = {
      legs: legs.flatMap((leg) => {
        const id = this.host.desk.slot(leg.slot)?.instrument.id;
        return id === undefined ? [] : [{ instrument: id, ratio: leg.ratio * sign }];
      }),
      side: roll ? "buy" : this.#side,
      purpose: roll ? "roll" : "auto",
      qty: null,
      price: null,
      tif: "day",
      from: roll ? this.target.from : null,
    };
    this.host.leave(this);
    this.host.stage(draft, `staging ${KIND_WORDS[kind]} on ${this.start.root}`);
  }
}
