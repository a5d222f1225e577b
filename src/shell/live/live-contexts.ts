import type { Micros } from "../../../engines/market/index.ts";
import { explain } from "../../desk/explain/index.ts";
import type { ExplainTarget, Explanation, ViewName, Views } from "../../desk/protocol.ts";
import { ChainIndex } from "../../desk/views/chain.ts";
import { type DeskFacts, type Pace, PlanCache, ViewContext } from "../../desk/views/context.ts";
import { buildView } from "../../desk/views/index.ts";
import { prepareView } from "../../desk/views/prepare.ts";
import type { AlertDesk } from "../alert-desk.ts";
import { STILL } from "../headless.ts";
import { isOrderView } from "../order-session.ts";
import type { RateMeter } from "../rate.ts";
import type { WatchLists } from "../watch-lists.ts";
import type { LiveOrders } from "./live-orders.ts";
import type { OpenedLive } from "./open-live.ts";

export interface LiveContextsOptions {
  readonly opened: OpenedLive;
  readonly facts: DeskFacts;
  readonly nowUs: () => Micros;
  /** Rows applied as they go. */
  readonly rate: RateMeter;
  readonly watch: WatchLists;
  readonly orders: LiveOrders;
}

/** What a live desk shows: its state at this instant, with the orders and the account that is traded. */
export class LiveContexts {
  readonly bookmarks: Micros[] = [];
  private readonly chains = new ChainIndex();
  private readonly plans = new PlanCache();

  constructor(private readonly o: LiveContextsOptions) {}

  now(): ViewContext {
    const { opened, facts, nowUs, watch, orders } = this.o;
    return new ViewContext(
      opened.desk,
      nowUs(),
      orders.facts(facts),
      this.pace(),
      (name) => watch.list(name),
      this.plans,
      () => watch.names(),
      orders.session?.summary() ?? orders.meanwhile().summary(),
    );
  }

  view<V extends ViewName>(view: V, params: Views[V]["params"], alerts: AlertDesk): Views[V]["model"] | null {
    const { orders } = this.o;
    if (view === "alerts") return alerts.view(this.now()) as never;
    if (isOrderView(view))
      return (orders.session?.view(this.now(), view, params as never) ??
        orders.meanwhile().view(view)) as never;
    return buildView(this.now(), this.chains, view, params);
  }

  /** Works ahead on a view while there is time; true once it can be built. */
  prepare<V extends ViewName>(view: V, params: Views[V]["params"], spare: () => boolean): boolean {
    return prepareView(this.now(), this.chains, view, params, spare);
  }

  /** Of the plain desk, without orders: what alerts are judged by, at the time of an event. With facts of its own, so that no cache is shared. */
  plain(us: Micros, facts: DeskFacts): ViewContext {
    return new ViewContext(this.o.opened.desk, us, facts, STILL, () => [], this.plans);
  }

  explained(target: ExplainTarget): Explanation | null {
    if (target.view === "orders") return this.o.orders.session?.explain(this.now(), target) ?? null;
    return explain(this.now(), target);
  }

  private pace(): Pace {
    return {
      speed: 1,
      paused: false,
      atEnd: false,
      loop: false,
      indexed: 1,
      bookmarks: this.bookmarks,
      eventsPerSecond: Math.round(this.o.rate.perSecond()),
      events: this.o.opened.desk.seq,
    };
  }
}
