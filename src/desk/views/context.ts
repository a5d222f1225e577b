import {
  calendarZone,
  type Instrument,
  type IsoDay,
  type Micros,
  nextOpen,
  sessionOf,
  zoneOffsetMin,
} from "../../../engines/market/index.ts";
import {
  type BookValue,
  type DaySplit,
  type LegValue,
  type MarkPolicy,
  type OptionMove,
  planBook,
  type StructureValue,
  splitDay,
  type ValuationPlan,
  valueBook,
} from "../../../engines/portfolio/index.ts";
import type { Desk } from "../desk.ts";
import type { FlowFollowers } from "../flow-follower.ts";
import type { HistorySource } from "../history.ts";
import type { LiveFacts } from "../live-facts.ts";
import { BookSource } from "../market-source.ts";
import type { PriorState } from "../prior-state.ts";
import type { StatusView } from "../protocol.ts";
import type { Valuer } from "../valuer.ts";
import type { MarginCache } from "./margin.ts";

/** The exchange session on the screen: precomputed, since the core reads no calendar of the host. */
export interface SessionFacts {
  readonly name: string;
  readonly title: string;
  readonly sampling: "minute bars" | "ticks";
  readonly calendar: string;
  readonly day: IsoDay;
  /** Letters of the exchange's zone, e.g. ET, and its offset on this day. */
  readonly zone: string;
  readonly zoneOffsetMin: number;
  readonly openUs: Micros;
  readonly closeUs: Micros;
  readonly halfDay: boolean;
  readonly firstUs: Micros;
  readonly lastUs: Micros;
  /** Sessions of a calendar between a day and this session's day; null where the calendar does not know. */
  readonly sessionsSince: (calendar: string, day: IsoDay) => number | null;
  /** Regular hours of a calendar on a day; null where it is shut. */
  readonly sessionOn: (
    calendar: string,
    day: IsoDay,
  ) => { readonly openUs: Micros; readonly closeUs: Micros } | null;
}

/** A leg of a staged ticket: signed contracts or shares of the whole ticket. */
export interface StagedLeg {
  readonly ticket: string;
  readonly instrument: Instrument;
  readonly qty: number;
}

/** What stays the same while a session is open. */
export interface DeskFacts {
  readonly session: SessionFacts;
  readonly valuer: Valuer;
  readonly policy: MarkPolicy;
  readonly margin: MarginCache;
  /** Legs of tickets that are staged and not sent. */
  readonly staged: (context: ViewContext) => readonly StagedLeg[];
  readonly flow: FlowFollowers;
  /** What is kept of earlier sessions. */
  readonly history: HistorySource;
  readonly baseCcy: string;
  readonly account: string;
  readonly mode: StatusView["mode"];
  /** Only where the desk is live. */
  readonly live?: LiveFacts;
}

/** How the session is being played. */
export type Pace = Pick<
  StatusView,
  "speed" | "paused" | "atEnd" | "loop" | "indexed" | "bookmarks" | "eventsPerSecond" | "events"
>;

/** What the order desk beside says of itself. */
export type OrderSummary = Pick<StatusView, "trading" | "workingOrders" | "stagedTickets">;
/** Nobody has read them: unknown. */
const NO_ORDERS: OrderSummary = { trading: null, workingOrders: null, stagedTickets: null };

/** One look at the desk at one instant: everything built from it agrees, because the book is valued once. */
export class ViewContext {
  private valued: BookValue | null = null;
  private made: BookSource | null = null;
  private readonly open = new Map<string, boolean>();

  constructor(
    readonly desk: Desk,
    readonly nowUs: Micros,
    readonly facts: DeskFacts,
    readonly pace: Pace,
    readonly watchList: (name: string) => readonly string[],
    private readonly plans: PlanCache,
    readonly watchNames: () => readonly string[] = () => ["main"],
    readonly orders: OrderSummary = NO_ORDERS,
  ) {}

  get session(): SessionFacts {
    return this.facts.session;
  }

  /** Minutes east of UTC now: clocks may be set within a session that goes round the clock. */
  get zoneOffsetMin(): number {
    return zoneOffsetMin(calendarZone(this.session.calendar), this.nowUs);
  }

  source(): BookSource {
    this.made ??= new BookSource(this.desk, this.facts.valuer, this.nowUs, this.session.sessionsSince);
    return this.made;
  }

  value(): BookValue {
    this.valued ??= valueBook(this.plans.of(this.desk), this.source(), {
      nowUs: this.nowUs,
      policy: this.facts.policy,
    });
    return this.valued;
  }

  /** Whether a calendar's market trades at this instant; one that no table knows is taken to. */
  trades(calendar: string): boolean {
    let open = this.open.get(calendar);
    if (open === undefined) {
      try {
        open = sessionOf(calendar, this.nowUs) !== null;
      } catch {
        open = true;
      }
      this.open.set(calendar, open);
    }
    return open;
  }

  /** When a calendar's market opens after this instant; null where no table knows. */
  nextOpenUs(calendar: string): Micros | null {
    try {
      return nextOpen(calendar, this.nowUs).openUs;
    } catch {
      return null;
    }
  }

  /** Why each leg's day P&L is what it is. */
  split(leg: LegValue): DaySplit | null {
    return splitDay(leg, this.optionMove(leg));
  }

  /** How far an option's inputs have moved since the prior settlement, null where that is not known. */
  optionMove(leg: LegValue): (OptionMove & PriorState) | null {
    const { instrument } = leg;
    if (instrument.kind !== "option" || leg.day.openQty === 0) return null;
    const slot = this.desk.slot(instrument.id);
    const now = this.source().value(instrument);
    if (slot === null || now === null) return null;
    return this.facts.valuer.moveSincePrior(slot, instrument, now);
  }

  structureName(structure: StructureValue): string {
    return structure.name ?? `custom ${structure.legs.length} legs`;
  }
}

/** The valuation plan of a ledger, made anew when something was booked or the desk jumped. */
export class PlanCache {
  private plan: ValuationPlan | null = null;

  of(desk: Desk): ValuationPlan {
    if (this.plan === null || this.plan.ledger !== desk.held || this.plan.version !== desk.held.version) {
      this.plan = planBook(desk.held);
    }
    return this.plan;
  }
}
