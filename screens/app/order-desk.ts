import { createHash } from "node:crypto";
import type { Slot } from "../../engines/market/index.ts";
import type { Command, Draft, OrdersView, StatusView } from "../../src/desk/protocol.ts";
import type { InstrumentIndex } from "../command/instruments.ts";
import type { DeskClient } from "../desk-client.ts";
import type { Dispatcher } from "../keys/dispatch.ts";
import type { ModeId } from "../keys/keymap.ts";
import type { Mode, ModeHost, SendResult } from "../orders/mode.ts";
import { PreviewMode } from "../orders/preview.ts";
import { Shown } from "../orders/shown.ts";
import { StoryMode } from "../orders/story.ts";
import { TicketMode } from "../orders/ticket.ts";
import { ModeStack } from "./mode-stack.ts";
import { OrderNotices } from "./order-notices.ts";
import type { Overlay } from "./overlay.ts";
import type { NoticeLevel } from "./pane.ts";
import { stageDraft } from "./staging.ts";

/** A screen that has not looked at the market for so long stood still: what is typed then was meant for what stood there before. */
const STILL_MS = 1500;

/** So long a second press of the key that sent is taken for a slip. */
const AGAIN_MS = 5_000;

export interface OrderDeskHost {
  readonly desk: DeskClient;
  readonly keys: () => Dispatcher;
  readonly status: () => StatusView | null;
  readonly now: () => number;
  readonly readMs: number;
  readonly notify: (text: string, level?: NoticeLevel, about?: string) => void;
  readonly send: (command: Command, level?: NoticeLevel) => Promise<SendResult>;
  readonly touch: (area: string) => void;
  readonly setOverlay: (overlay: Overlay) => void;
  readonly index: () => InstrumentIndex;
  readonly quote: (slot: Slot) => { readonly bid: number; readonly ask: number } | null;
  /** The screen as text, as it was last composed. */
  readonly screenText: () => string;
  /** The first model of orders is here: what to ask about it. */
  readonly opened: (view: OrdersView) => void;
}

/** Tickets, previews and what becomes of orders, as the screen sees them. */
export class OrderDesk implements ModeHost {
  readonly stack = new ModeStack();
  readonly shown = new Shown();
  readonly #notices: OrderNotices;
  #stop: () => void = () => {};
  #view: OrdersView | null = null;
  #sent: { readonly orders: string; readonly atMs: number; readonly key: string } | null = null;
  #polledMs = Number.NEGATIVE_INFINITY;
  /** Modes that have asked for a preview which is not here yet. */
  readonly #previewing = new Set<Mode>();

  constructor(readonly host: OrderDeskHost) {
    this.#notices = new OrderNotices((text, level, about) => host.notify(text, level, about));
  }

  /** From here on it hears of orders: the first model may ask something, so the screen must be there. */
  start(): void {
    this.#stop = this.host.desk.subscribe("orders", {}, (view) => this.#receive(view));
  }

  end(): void {
    this.#stop();
    this.stack.leaveAll();
  }

  get view(): OrdersView | null {
    return this.#view;
  }

  /** The frame loop turns: called with each look at the market. */
  polled(): void {
    this.#polledMs = this.host.now();
  }
  moving = (): boolean => this.host.now() - this.#polledMs < STILL_MS;

  #receive(view: OrdersView): void {
    const first = this.#view === null;
    this.#view = view;
    this.#notices.receive(view, this.host.now());
    this.host.touch("hint");
    if (first) this.host.opened(view);
  }

  // ---- for the modes ----------------------------------------------------------------------------

  get desk(): DeskClient {
    return this.host.desk;
  }
  get keys(): Dispatcher {
    return this.host.keys();
  }
  status = (): StatusView | null => this.host.status();
  now = (): number => this.host.now();
  touch = (): void => this.host.touch("mode");
  notify = (text: string, level?: NoticeLevel): void => this.host.notify(text, level);
  send = (command: Command, level?: NoticeLevel): Promise<SendResult> => this.host.send(command, level);
  index = (): InstrumentIndex => this.host.index();
  quote = (slot: Slot) => this.host.quote(slot);

  push = (mode: Mode): void => {
    this.stack.push(mode);
    this.#changed();
  };
  leave = (mode: Mode): void => {
    this.stack.leave(mode);
    this.#changed();
  };
  leaveAll = (): void => {
    this.stack.leaveAll();
    this.#changed();
  };
  isTop = (mode: Mode): boolean => this.stack.top === mode;
  isOpen = (mode: Mode): boolean => this.stack.has(mode);
  #changed(): void {
    this.host.touch("mode");
    this.host.touch("hint");
  }

  stage = (draft: Draft, words: string, then?: "preview"): void => stageDraft(this, draft, words, then);

  ticket = (id: string): void => {
    const { top } = this.stack;
    if (top instanceof TicketMode && top.ticket === id) return;
    const mode = new TicketMode(this, id);
    this.push(mode);
    mode.show(id);
  };

  /** One at a time from one mode: the desk keeps the last preview of a ticket, and a second would take the place of the one that opens. */
  preview = async (tickets: readonly string[], from: Mode | null): Promise<void> => {
    if (from !== null && this.#previewing.has(from)) return;
    if (from !== null) this.#previewing.add(from);
    const result = await this.send({ name: "preview", tickets });
    if (from !== null) this.#previewing.delete(from);
    if (!result.ok || result.made === undefined) return;
    if (from === null ? this.stack.top === null : this.isTop(from))
      this.showPreview(result.made, tickets, from);
  };

  showPreview = (preview: string, tickets: readonly string[], from: Mode | null): void => {
    if (from?.id === "preview") this.leave(from);
    const mode = new PreviewMode(this, preview, tickets);
    this.push(mode);
    mode.start();
  };

  story = (order: string): void => {
    const mode = new StoryMode(this, order);
    this.push(mode);
    mode.start();
  };

  /** Whether it stood there long enough to be read; a sentence when not. */
  unread = (stamp: string, sends: "preview.confirm" | "orders.send"): string | null => {
    const { readMs } = this.host;
    return this.shownMs(stamp) >= readMs
      ? null
      : `${this.keys.labelOf(sends)} counts when this has stood for ${readMs / 1000} s: it was dropped.`;
  };
  shownMs = (stamp: string): number => this.shown.ms(stamp, this.host.now());
  readAgain = (): void => this.shown.forget();
  screenHash = (): string => createHash("sha256").update(this.host.screenText()).digest("hex").slice(0, 16);

  /** A second press of the key that sent: said, and nothing more. */
  again = (key: string): string | null => {
    const sent = this.#sent;
    if (sent === null || sent.key !== key || this.host.now() - sent.atMs > AGAIN_MS) return null;
    return `already sent as ${sent.orders}`;
  };

  confirmed = (orders: string | undefined, atMs: number, key = "C"): void => {
    if (orders !== undefined) this.#sent = { orders, atMs, key };
    for (const order of orders?.split(/[\s,]+/) ?? []) if (order !== "") this.#notices.confirmed(order, atMs);
  };

  help = (mode: ModeId): void =>
    this.host.setOverlay({ kind: "help", pane: mode, bindings: this.keys.ofMode(mode), query: "", top: 0 });

  explainText = (title: string, lines: readonly string[]): void =>
    this.host.setOverlay({
      kind: "explain",
      target: null,
      trail: [{ explanation: { title, value: "", unit: null, lines, inputs: [], usedBy: [] }, cursor: 0 }],
    });
}
