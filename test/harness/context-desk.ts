import { BookReader, type Slot } from "../../engines/market/index.ts";
import type { DeskClient } from "../../screens/desk-client.ts";
import { explain } from "../../src/desk/explain/index.ts";
import type {
  Command,
  CommandResult,
  ExplainTarget,
  Explanation,
  SlotInfo,
} from "../../src/desk/protocol.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import type { ViewContext } from "../../src/desk/views/context.ts";
import { buildView } from "../../src/desk/views/index.ts";

export interface ContextDesk extends DeskClient {
  readonly asked: ExplainTarget[];
  readonly commands: Command[];
}

/**
 * A desk at one instant, in the same thread: every view and explanation is the real one, nothing moves. With `remember` a model is built
 * once: the desk answers as if its own thread had worked meanwhile.
 */
export function contextDesk(context: ViewContext, { remember = false } = {}): ContextDesk {
  const built = new Map<string, unknown>();
  const commands: Command[] = [];
  const chains = new ChainIndex();
  const book = new BookReader(context.desk.book.shared);
  const infos = new Map<Slot, SlotInfo>();
  const asked: ExplainTarget[] = [];
  return {
    book,
    killsAtOnce: false,
    asked,
    commands,
    subscribe: (view, params, onModel) => {
      const key = `${view} ${JSON.stringify(params)}`;
      const model = built.get(key) ?? buildView(context, chains, view, params);
      if (remember) built.set(key, model);
      if (model !== null) onModel(model as never);
      return () => {};
    },
    command: (command): Promise<CommandResult> => {
      commands.push(command);
      return Promise.resolve({ ok: true, message: null });
    },
    explain: (target): Promise<Explanation | null> => {
      asked.push(target);
      return Promise.resolve(explain(context, target));
    },
    slot: (slot) => {
      const instrument = context.desk.instruments[slot];
      if (!instrument) return undefined;
      let info = infos.get(slot);
      if (!info) {
        info = { slot, instrument, status: context.desk.book.status(slot) };
        infos.set(slot, info);
      }
      return info;
    },
  };
}
