import type { PreviewView } from "../../src/desk/protocol.ts";
import type { ModeActionId } from "../keys/keymap.ts";
import type { Mode, ModeHost, ModeKey, SheetRoom } from "./mode.ts";
import { named } from "./named.ts";
import { inOrder, type Offer, offersOf } from "./preview-guards.ts";
import { type Closing, previewLines } from "./preview-lines.ts";
import { fitLines, must, type Piece, type Sheet, wrapGroups } from "./sheet.ts";

const MAX_TYPED = 9;
const TOO_SMALL =
  "Not all of it is visible here: nothing can be sent. Make the terminal larger, or preview fewer tickets at once.";

/** What the painted preview says about what would be sent; quotes may renew in it, nothing else. */
export function stampOf(v: PreviewView): string {
  return [
    v.id,
    v.hash,
    v.state,
    v.message ?? "",
    v.mustType ?? "",
    ...v.rows.map((r) => `${r.ticket} ${r.side} ${r.qty} ${r.limit}`),
    ...v.guards.map((g) => `${g.code}${g.verdict}${g.accepted}`),
  ].join("|");
}

/** What an order would do, before it is sent. `C` counts when all of this has been read: painted whole, written, and standing. */
export class PreviewMode implements Mode {
  readonly id = "preview";
  readonly place = "body";
  readonly everyMs = 100;
  #view: PreviewView | null = null;
  #typed = "";
  #sent = false;
  #whole = false;
  #scenario = false;
  #stop: () => void = () => {};

  constructor(
    readonly host: ModeHost,
    readonly preview: string,
    readonly tickets: readonly string[],
  ) {}

  start(): void {
    this.#ask();
  }

  /** The scenario costs a reckoning of the whole book: it is asked for while it is shown. */
  #ask(): void {
    this.#stop();
    const params = { preview: this.preview, ...(this.#scenario ? { scenario: true } : {}) };
    this.#stop = this.host.desk.subscribe("preview", params, (view) => {
      if (view.mustType !== this.#view?.mustType) this.#typed = "";
      this.#view = view;
      this.host.touch();
    });
  }

  closed(): void {
    this.#stop();
  }

  back(): boolean {
    if (this.#typed !== "") {
      this.#typed = "";
      this.host.touch();
      return true;
    }
    if (!this.#sent) void this.host.send({ name: "leavePreview", preview: this.preview });
    return false;
  }

  stamp(whole: boolean): string | null {
    const v = this.#view;
    return v && whole && v.canConfirm && !this.#sent ? stampOf(v) : null;
  }

  sheet(room: SheetRoom): Sheet {
    const v = this.#view;
    if (!v) return { title: [["preview", "focus"]], lines: [must([["asking the desk…", "dim"]])], foot: [] };
    const linesFor = (closing: Closing) =>
      previewLines(v, this.#offers(v), closing, this.host.keys, room.theme.g.caret, room.w);
    const lines = linesFor(this.#closing(v));
    this.#whole = fitLines(lines, room.h, room.w).whole;
    return {
      title: this.#title(v),
      lines: this.#whole ? lines : [...wrapGroups([[[TOO_SMALL, "warn"]]], room.w).map(must), ...lines],
      foot: [],
    };
  }

  /** What digits do, as long as the preview may still be sent. */
  #offers(v: PreviewView): Offer[] {
    return v.state === "over" || v.state === "sent" || this.#sent ? [] : offersOf(v.guards);
  }

  #title(v: PreviewView): readonly Piece[] {
    const legs = v.rows.flatMap((r) => r.legs);
    const fresh = legs.filter((l) => l.fresh).length;
    const seconds = Math.max(0, Math.ceil(v.endsInMs / 1000));
    const ends = v.state === "over" ? "over" : v.state === "sent" ? "sent" : `ends in ${seconds} s`;
    return [
      [`PREVIEW ${v.hash.slice(0, 4)}`, "focus"],
      [
        `  ${fresh} of ${legs.length} ${legs.length === 1 ? "leg" : "legs"} fresh`,
        fresh < legs.length ? "warn" : "dim",
      ],
      [`  ${ends}`, seconds <= 5 ? "warn" : "text"],
    ];
  }

  #closing(v: PreviewView): Closing {
    const open = v.canConfirm && !this.#sent;
    const ready = open && this.host.unread(stampOf(v), "preview.confirm") === null;
    const over = `Preview is over. ${this.#label("preview.renew")} previews again.`;
    const said = this.#sent ? "sending…" : v.state === "over" ? over : null;
    return {
      message: v.message === null ? said : named(v.message, this.host.keys),
      mustType: open ? v.mustType : null,
      typed: this.#typed,
      confirm: !open ? "none" : ready ? "ready" : "reading",
    };
  }

  #label(action: ModeActionId): string {
    return this.host.keys.labelOf(action);
  }

  key(event: ModeKey): void {
    const { key } = event;
    const v = this.#view;
    if (!v) {
      this.host.notify("The preview is not here yet: the key was dropped.");
      return;
    }
    if (/^\d$/.test(key) || key === "backspace") return this.#digit(v, key);
    const action = this.host.keys.inMode("preview", key);
    switch (action) {
      case "confirm":
        void this.#confirm(v, event);
        return;
      case "edit":
        return this.#edit();
      case "renew":
        void this.host.preview(this.tickets, this);
        return;
      case "scenario":
        this.#scenario = !this.#scenario;
        return this.#ask();
      case "explain":
        return this.#explain(v);
      case "help":
        return this.host.help("preview");
      case "up":
      case "down":
        return;
      default:
        this.host.notify(
          key === "enter" || key === "space" || key === "y"
            ? `Only ${this.#label("preview.confirm")} sends.`
            : `${key} does nothing in a preview (${this.#label("preview.help")} shows what does)`,
        );
    }
  }

  #digit(v: PreviewView, key: string): void {
    const offers = this.#offers(v);
    const offer = offers.find((o) => `${o.digit}` === key);
    if (offer) void this.#take(offer);
    else if (v.mustType !== null && offers.length === 0) {
      this.#typed = key === "backspace" ? this.#typed.slice(0, -1) : (this.#typed + key).slice(0, MAX_TYPED);
      this.host.touch();
    } else this.host.notify(`${key} does nothing in this preview`);
  }

  async #take({ guard, fix }: Offer): Promise<void> {
    const { preview } = this;
    const result = await this.host.send(
      fix === null ? { name: "accept", preview, guard: guard.code } : { name: "fix", preview, fix },
    );
    // A fix changes the ticket, and a changed ticket has a preview of its own.
    if (result.ok && result.made !== undefined && result.made !== preview && this.host.isOpen(this))
      this.host.showPreview(result.made, this.tickets, this);
  }

  #edit(): void {
    const { host } = this;
    this.back();
    host.leave(this);
    const [only, more] = this.tickets;
    if (only !== undefined && more === undefined) host.ticket(only);
  }

  #explain(v: PreviewView): void {
    const word = { deny: "denies", confirm: "asks", warn: "warns", pass: "passes" } as const;
    this.host.explainText(
      `guards of preview ${v.hash.slice(0, 4)}`,
      inOrder(v.guards).map((g) => {
        const used = g.used === null ? "" : `, ${Math.round(g.used * 100)} % of the limit used`;
        return `${g.code} ${word[g.verdict]}: ${g.text}${used}`;
      }),
    );
  }

  async #confirm(v: PreviewView, event: ModeKey): Promise<void> {
    const { host } = this;
    const why = this.#refusal(v, event);
    if (why !== null) {
      host.notify(why);
      return;
    }
    const atMs = host.now();
    this.#sent = true;
    host.touch();
    const result = await host.send(
      {
        name: "confirm",
        preview: v.id,
        hash: v.hash,
        shownMs: Math.floor(host.shownMs(stampOf(v))),
        screenHash: host.screenHash(),
        typedQty: v.mustType === null ? null : this.#typed,
      },
      "order",
    );
    if (result.ok) {
      host.confirmed(result.made, atMs, event.key);
      if (host.isOpen(this)) host.leaveAll();
      return;
    }
    // Refused here: nothing left the desk, so this preview may be confirmed when it stands again.
    if (result.lost !== true) this.#sent = false;
    host.readAgain();
    host.touch();
  }

  /** Why `C` counts for nothing now, null when it counts. */
  #refusal(v: PreviewView, event: ModeKey): string | null {
    const { host } = this;
    const confirm = this.#label("preview.confirm");
    if (this.#sent) return v.message === null ? "already sent" : named(v.message, this.host.keys);
    if (!event.alone) return `${confirm} came with other keys: it was dropped. Press it by itself.`;
    if (!v.canConfirm)
      return v.message !== null
        ? named(v.message, this.host.keys)
        : "This preview can't be sent: see its guards.";
    if (!this.#whole)
      return `Not all of the preview is visible: ${confirm} was dropped. Make the terminal larger.`;
    if (!host.moving()) return `The screen stood still: ${confirm} was dropped. Press it again.`;
    const unread = host.unread(stampOf(v), "preview.confirm");
    if (unread !== null) return unread;
    if (v.mustType !== null && this.#typed !== v.mustType)
      return `Type the quantity ${v.mustType} first, then ${confirm}.`;
    return null;
  }
}
