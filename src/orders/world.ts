import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import type { Digests } from "../../engines/orders/index.ts";
import type { ViewContext } from "../desk/views/context.ts";

/** What lies around the order desk: the desk's market, session time, the host's clock. Handed in, so that a simulation can stand in for it. */
export interface OrderWorld {
  readonly digests: Digests;
  context(): ViewContext;
  nowUs(): Micros;
  seq(): number;
  monotonicMs(): number;
  after(ms: number, run: () => void): () => void;
  note(level: "info" | "warn" | "error", text: string): void;
  /** What is shown is out of date. */
  changed(): void;
  /** A ticket opens: a replay that runs fast drops to 1x. What was done, for the trader; null where nothing was. */
  slowDown(): string | null;
  /** A kill was asked for and has not been carried out yet: nothing may be sent. */
  stopped?(): boolean;
  /** Makes a contract known here; false where that can't be. */
  define(id: InstrumentId): boolean;
}

/** The part of it that recording and sending need. */
export type Hands = Pick<OrderWorld, "nowUs" | "seq" | "after" | "note" | "changed" | "stopped">;
