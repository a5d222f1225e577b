import type { PriceAnchor, QtyWish, TicketEdit, TicketView } from "../../src/desk/protocol.ts";
import type { ModeAction } from "../keys/keymap.ts";
import { keyHints } from "./hints.ts";
import type { Mode, ModeHost, ModeKey, SheetRoom } from "./mode.ts";
import { must, type Sheet } from "./sheet.ts";
import { FIELDS, type Field, type Typed, ticketLines } from "./ticket-lines.ts";

const TIFS = ["day", "gtc", "ioc"] as const;
const MAX_TYPED = 12;
/** Keys kept while the desk makes the ticket: what is typed after `b` is meant for it. */
const MAX_AHEAD = 32;
const PAGE = 10;

/** What a field's text means to the desk; a sentence when it means nothing. */
export function readField({ field, text }: Typed): TicketEdit | string {
  const n = Number(text.replace(/[$%]/g, ""));
  if (field === "price") {
    if (!/^-?\d*\.?\d+$/.test(text)) return `"${text}" is no price`;
    return { edit: "price", price: { by: "limit", price: text } };
  }
  if (text === "" || !Number.isFinite(n) || n <= 0) return `"${text}" is no quantity`;
  const qty: QtyWish = text.startsWith("$")
    ? { by: "money", amount: n }
    : text.endsWith("%")
      ? { by: "percent", percent: n }
      : { by: "count", n };
  if (qty.by === "count" && !Number.isInteger(n)) return `${text} is no whole quantity`;
  return { edit: "qty", qty };
}

/** The strip of a ticket under the row it came from. There is no free text in it: letters are commands. */
export class TicketMode implements Mode {
  readonly id = "ticket";
  readonly place = "strip";
  readonly everyMs = 1000;
  #id: string | null = null;
  #view: TicketView | null = null;
  #at: Field = "qty";
  #typed: Typed | null = null;
  #ahead: ModeKey[] = [];
  #asking = false;
  #stop: () => void = () => {};

  /** `words` stand there until the desk has made the ticket. */
  constructor(
    readonly host: ModeHost,
    readonly words: string,
  ) {}

  get ticket(): string | null {
    return this.#id;
  }

  /** The desk has made it: keys typed meanwhile are done now. */
  show(id: string): void {
    this.#id = id;
    this.#stop = this.host.desk.subscribe("ticket", { ticket: id }, (view) => {
      this.#view = view;
      this.host.touch();
    });
    this.host.touch();
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const key of ahead) this.key(key);
  }

  closed(): void {
    this.#stop();
  }

  back(): boolean {
    if (this.#typed === null) return false;
    this.#type(null);
    return true;
  }

  sheet(room: SheetRoom): Sheet {
    const v = this.#view;
    return {
      title: [[`${this.#id ?? "ticket"} ${v?.stage ?? "…"}`, "focus"]],
      lines: v
        ? ticketLines(v, this.#at, this.#typed, room.w, room.theme.g, this.host.keys)
        : [must([[`${this.words} …`, "dim"]])],
      foot: keyHints(this.host.keys, "ticket", room.w - 24),
    };
  }

  key(event: ModeKey): void {
    if (this.#id === null) {
      if (this.#ahead.length < MAX_AHEAD) this.#ahead.push(event);
      return;
    }
    const { key } = event;
    if (this.#edits(key)) return;
    const action = this.host.keys.inMode("ticket", key);
    if (action === null)
      this.host.notify(
        `${key} does nothing in a ticket (${this.host.keys.labelOf("ticket.help")} shows what does)`,
      );
    else this.#act(action);
  }

  #type(typed: Typed | null): void {
    this.#typed = typed;
    this.host.touch();
  }

  /** Digits, point and sign go into the focused field. */
  #edits(key: string): boolean {
    const typed = this.#typed;
    const text = typed?.text ?? "";
    if (key === "backspace") {
      const bare = text.endsWith("%") ? text.slice(0, -2) + text.slice(-1) : text.slice(0, -1);
      this.#type(bare === "" || bare === "%" ? null : { field: this.#at, text: bare });
      return true;
    }
    if (!/^[\d.-]$/.test(key) || this.#at === "tif") return false;
    if (key === "-" && !(this.#at === "price" && text === "")) return false;
    if (key === "." && text.includes(".")) return true;
    if (text.length >= MAX_TYPED) return true;
    const next = text.endsWith("%") ? `${text.slice(0, -1)}${key}%` : text + key;
    this.#type({ field: this.#at, text: next });
    return true;
  }

  #act(action: ModeAction<"ticket">): void {
    switch (action) {
      case "preview":
        void this.#preview();
        return;
      case "next":
        return this.#move(1);
      case "previous":
        return this.#move(-1);
      case "up":
        return this.#step(1);
      case "down":
        return this.#step(-1);
      case "pageUp":
        return this.#step(PAGE);
      case "pageDown":
        return this.#step(-PAGE);
      case "mid":
      case "bid":
      case "ask":
        return this.#anchor(action);
      case "follow":
        return void this.#edit({ edit: "follow" });
      case "tif":
        return this.#turnTif(1);
      case "flip":
        return void this.#edit({ edit: "flip" });
      case "drop":
        return void this.#edit({ edit: "drop" });
      case "restore":
        return void this.#edit({ edit: "restore" });
      case "help":
        return this.host.help("ticket");
      case "money":
        return this.#unit((digits) => `$${digits}`);
      case "percent":
        return this.#unit((digits) => `${digits}%`);
    }
  }

  /** The quantity is typed in another unit: digits that stand there stay. */
  #unit(text: (digits: string) => string): void {
    const digits = this.#typed?.field === "qty" ? this.#typed.text.replace(/[$%]/g, "") : "";
    this.#at = "qty";
    this.#type({ field: "qty", text: text(digits) });
  }

  #move(by: number): void {
    void this.#commit();
    this.#at = FIELDS[(FIELDS.indexOf(this.#at) + by + FIELDS.length) % FIELDS.length] as Field;
    this.host.touch();
  }

  #step(steps: number): void {
    void this.#commit();
    if (this.#at === "tif") this.#turnTif(steps > 0 ? -1 : 1);
    else void this.#edit({ edit: "step", field: this.#at, steps });
  }

  #turnTif(by: number): void {
    const now = TIFS.findIndex((t) => t === this.#view?.tif);
    void this.#edit({ edit: "tif", tif: TIFS[(now + by + TIFS.length) % TIFS.length] as "day" });
  }

  #anchor(anchor: PriceAnchor): void {
    this.#at = "price";
    this.#type(null);
    void this.#edit({
      edit: "price",
      price: { by: "anchor", anchor, offset: 0, unit: "t", follows: this.#view?.follows ?? true },
    });
  }

  async #edit(edit: TicketEdit): Promise<boolean> {
    if (this.#id === null) return false;
    const result = await this.host.send({ name: "ticket", ticket: this.#id, edit });
    return result.ok;
  }

  /** Says what was typed to the desk; false when it can't be meant or was refused. */
  async #commit(): Promise<boolean> {
    const typed = this.#typed;
    if (typed === null) return true;
    this.#type(null);
    const edit = readField(typed);
    if (typeof edit === "string") {
      this.host.notify(edit, "warn");
      return false;
    }
    return this.#edit(edit);
  }

  async #preview(): Promise<void> {
    const id = this.#id;
    if (id === null || this.#asking) return;
    this.#asking = true;
    try {
      if (await this.#commit()) await this.host.preview([id], this);
    } finally {
      this.#asking = false;
    }
  }
}
