import type { Micros } from "../../../engines/market/index.ts";
import type { Command, CommandResult } from "../../desk/protocol.ts";
import type { Feed } from "../../feeds/feed.ts";
import type { AlertDesk } from "../alert-desk.ts";
import type { OrderAsked } from "../orders-to-come.ts";
import type { WatchLists } from "../watch-lists.ts";
import type { Journal } from "./journal.ts";
import type { LiveContexts } from "./live-contexts.ts";
import type { LiveLooks } from "./live-looks.ts";
import type { LiveOrders } from "./live-orders.ts";
import type { OpenedLive } from "./open-live.ts";

export interface LiveCommandsOptions {
  readonly opened: OpenedLive;
  readonly feed: Feed;
  readonly journal: Journal;
  readonly watch: WatchLists;
  readonly looks: LiveLooks;
  readonly contexts: LiveContexts;
  readonly alerts: AlertDesk;
  readonly orders: LiveOrders;
  readonly nowUs: () => Micros;
}

/** What the user asks of a live desk. */
export class LiveCommands {
  constructor(private readonly o: LiveCommandsOptions) {}

  /** Answers at once, but what is asked of orders may have to wait until they are open. */
  run(command: Command, answer: (result: CommandResult) => void): void {
    const own = this.own(command);
    if (own === null) this.o.orders.command(command as OrderAsked, answer);
    else answer(own);
  }

  /** What is asked of the session itself; null where it is about orders. */
  private own(command: Command): CommandResult | null {
    switch (command.name) {
      case "bookmark":
        return this.bookmark();
      case "watch":
        return this.changeWatch(command.list, command.add, command.remove);
      case "alert":
        return this.o.alerts.command(command, this.o.nowUs());
      case "reconnect":
        return this.reconnect(command.channel);
      case "pause":
      case "run":
      case "speed":
      case "step":
      case "jump":
      case "loop":
        return { ok: false, message: "this is live: there is nothing to pause, wind or jump" };
      default:
        return null;
    }
  }

  private bookmark(): CommandResult {
    const { bookmarks } = this.o.contexts;
    bookmarks.push(this.o.nowUs());
    return { ok: true, message: `bookmark ${bookmarks.length} set` };
  }

  private reconnect(channel: string | undefined): CommandResult {
    const { feed } = this.o;
    const name = channel ?? feed.name;
    const ok = feed.reconnect(channel);
    return { ok, message: ok ? `${name}: connecting again` : `${name} is no stream: nothing to connect` };
  }

  /** A symbol that the desk has not seen is made known and followed. */
  private changeWatch(list: string, add: readonly string[], remove: readonly string[]): CommandResult {
    const { opened, journal, watch, looks } = this.o;
    for (const text of add) {
      const made = opened.instrument(text);
      if (made === null) continue;
      opened.sink.slot(made.id, () => made);
      journal.drain();
    }
    const result = watch.change(list, add, remove);
    looks.renew();
    return result;
  }
}
