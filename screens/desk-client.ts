import type { BookReader, InstrumentId, Slot } from "../engines/market/index.ts";
import type {
  Command,
  CommandResult,
  ExplainTarget,
  Explanation,
  SlotInfo,
  ViewName,
  Views,
} from "../src/desk/protocol.ts";

/** The desk as a screen sees it, by messages of src/desk/protocol.ts: in this process's worker, over a socket, or a test's stand-in. */
export interface DeskClient {
  /** Calls back with each model until the returned function is called; the last model known comes at once. */
  subscribe<V extends ViewName>(
    view: V,
    params: Views[V]["params"],
    onModel: (model: Views[V]["model"]) => void,
  ): () => void;
  command(command: Command): Promise<CommandResult>;
  /** Nothing is sent any more from the moment a kill is asked for, before the desk has answered it. */
  readonly killsAtOnce: boolean;
  explain(target: ExplainTarget): Promise<Explanation | null>;
  /** Quotes in shared memory, read at frame time; null where the desk is in another process. */
  readonly book: BookReader | null;
  /** What is known of an instrument by its slot. */
  slot(slot: Slot): SlotInfo | undefined;
}

/** The instrument that the panes of a layout follow. */
export interface FocusInstrument {
  readonly slot: Slot | null;
  readonly underlying: InstrumentId | null;
}
