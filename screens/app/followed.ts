import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import type { PaneId } from "../keys/keymap.ts";

/** The instrument that all panes follow, and those that single panes keep to. */
export class Followed {
  #instrument: FocusInstrument = { slot: null, underlying: null };
  readonly #pins = new Map<PaneId, FocusInstrument>();
  #moved = false;

  constructor(
    readonly desk: DeskClient,
    readonly onMove: () => void,
  ) {}

  get instrument(): FocusInstrument {
    return this.#instrument;
  }
  /** What a pane looks at: its own where it is pinned. */
  of(id: PaneId): FocusInstrument {
    return this.#pins.get(id) ?? this.#instrument;
  }

  /** Whether something moved since this was last asked. */
  takeMoved(): boolean {
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }

  set(slot: Slot | null, underlying: InstrumentId | null): void {
    const now = this.#instrument;
    if (now.slot === slot && now.underlying === underlying) return;
    this.#instrument = { slot, underlying };
    this.#move();
  }

  /** A pane moves the instrument that all follow, or, pinned, only its own. */
  point(id: PaneId, slot: Slot | null, underlying: InstrumentId | null): void {
    if (!this.#pins.has(id)) {
      this.set(slot, underlying);
      return;
    }
    this.#pins.set(id, { slot, underlying });
    this.#move();
  }

  /** The pane keeps its instrument, or follows again. Returns whether it keeps it. */
  togglePin(id: PaneId): boolean {
    const pinned = !this.#pins.delete(id);
    if (pinned) this.#pins.set(id, this.#instrument);
    return pinned;
  }

  /** Symbol of what a pane is pinned to, null when it follows. */
  pinnedTo(id: PaneId): string | null {
    const pin = this.#pins.get(id);
    if (!pin) return null;
    const of = pin.slot === null ? undefined : this.desk.slot(pin.slot)?.instrument;
    return of?.symbol ?? pin.underlying ?? "";
  }

  /** Pins by the ids of their instruments, as a layout keeps them. */
  get pins(): Readonly<Partial<Record<PaneId, string>>> {
    const pins: Partial<Record<PaneId, string>> = {};
    for (const [id, { slot, underlying }] of this.#pins) {
      const of = (slot === null ? undefined : this.desk.slot(slot)?.instrument.id) ?? underlying;
      if (of !== null) pins[id] = of;
    }
    return pins;
  }

  /** Pins of a layout in place of the present ones. Returns those whose instrument the session lacks. */
  usePins(pins: Readonly<Partial<Record<PaneId, string>>>): readonly (readonly [PaneId, string])[] {
    this.#pins.clear();
    this.#move();
    const lacking: [PaneId, string][] = [];
    for (const [id, of] of Object.entries(pins) as [PaneId, string][])
      if (!this.#pinTo(id, of)) lacking.push([id, of]);
    return lacking;
  }

  #pinTo(id: PaneId, of: string): boolean {
    for (let i = 0; ; i++) {
      const info = this.desk.slot(i as Slot);
      if (!info) return false;
      const { instrument, slot } = info;
      if (instrument.id !== of) continue;
      const underlying = instrument.kind === "option" ? instrument.underlying : instrument.id;
      this.#pins.set(id, { slot, underlying });
      return true;
    }
  }

  #move(): void {
    this.#moved = true;
    this.onMove();
  }
}
