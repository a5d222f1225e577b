import { seeded } from "../../engines/stats/index.ts";
import type {
  FeedRow,
  FollowRow,
  FollowsView,
  FromDesk,
  LogEntry,
  StatusView,
} from "../../src/desk/protocol.ts";
import type { AlpacaSetup } from "../../src/feeds/alpaca/setup.ts";
import type { Net } from "../../src/feeds/net.ts";
import type { Clock } from "../../src/shell/clock.ts";
import type { FeedSetup, LiveBoot } from "../../src/shell/live/live-boot.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import type { VenueContext } from "../../src/venue/context.ts";
import { Faults } from "../../src/venue/faults/faults.ts";
import { House } from "../../src/venue/house.ts";
import { Hub } from "../../src/venue/hub.ts";
import { openMarket } from "../../src/venue/market/open.ts";
import { PLANS } from "../../src/venue/plan.ts";
import { SessionClock, startOf } from "../../src/venue/session-clock.ts";
import { Stats } from "../../src/venue/stats.ts";
import { SimClock } from "../chaos/sim-clock.ts";
import { SimNet } from "../chaos/sim-net.ts";
import { liveBoot, tempDir } from "./boot.ts";

const BASE = "http://venue.invalid";
const START_WALL_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The wall of a machine whose owner sets it, or closes its lid: the steady clock knows nothing of it. */
export class OddClock implements Clock {
  private jumpUs = 0;
  constructor(private readonly clock: Clock) {}
  monotonicMs(): number {
    return this.clock.monotonicMs();
  }
  wallUs(): number {
    return this.clock.wallUs() + this.jumpUs;
  }
  after(ms: number, run: () => void): () => void {
    return this.clock.after(ms, run);
  }
  jump(us: number): void {
    this.jumpUs += us;
  }
}

export interface SimDesk {
  readonly session: LiveSession;
  readonly sent: readonly FromDesk[];
  readonly log: LogEntry[];
  text(): string;
  zoneOffsetMin(): number | undefined;
  feed(name: string): FeedRow | undefined;
  follows(): ReadonlyMap<string, FollowRow>;
  /** A view as it stands now. */
  view<T>(view: string, params: unknown): T | null;
}

export interface Sim {
  readonly clock: SimClock;
  readonly wall: OddClock;
  readonly faults: Faults;
  /** Whether this process may open another file, or socket. */
  mayOpen: boolean;
  nowUs(): number;
  /** What a desk's clock is ahead of the machine's by, to be at the venue's time. */
  readonly offsetUs: number;
  /** The keys that desks have are taken back: other ones are right from now on, and what was signed in with them is over. */
  revoke(): void;
  desk(kind: FeedSetup["kind"], changes?: SimChanges): SimDesk;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until it is so; returns how long it took, ms. Fails after `mostMs`. */
  until(what: string, done: () => boolean, mostMs?: number): Promise<number>;
  /** All desks closed, the market stopped. */
  end(): Promise<void>;
}

export type SimChanges = Partial<Omit<LiveBoot, "record">> & {
  readonly setup?: Partial<AlpacaSetup>;
  /** Most instruments that stream, and that take turns; of IBKR and Deribit. */
  readonly limit?: number;
  readonly rotated?: number;
  readonly record?: LiveBoot["record"];
};

function feedOf(kind: FeedSetup["kind"], changes: SimChanges, boot: LiveBoot): FeedSetup {
  const name = "venue";
  const { limit = 100, rotated = 0 } = changes;
  if (kind === "alpaca") return boot.feed;
  if (kind === "deribit")
    return {
      name,
      paper: true,
      kind,
      deribit: {
        name,
        url: `${BASE.replace("http", "ws")}/ws/api/v2`,
        keys: { id: "K", secret: "S", from: "t" },
        limit,
      },
    };
  return {
    name,
    paper: true,
    kind,
    ibkr: { name, url: `${BASE}/v1/api`, limit, rotated, rollDays: 5, cacheDir: tempDir() },
  };
}

/** A venue and desks on it in simulated time: hours pass in seconds, and every run is the same. */
export function simulate(
  choice: { day?: string; at?: string; seed?: number; plan?: keyof typeof PLANS } = {},
): Sim {
  const { day = "2026-11-20", at = "10:00", seed = 3, plan = "unlimited" } = choice;
  const clock = new SimClock(START_WALL_US);
  const wall = new OddClock(clock);
  const opened = openMarket({ seed, day, at }, (c) => startOf(c, clock.wallUs()));
  const session = new SessionClock(clock, opened.startUs, 1);
  const faults = new Faults(clock);
  const hub = new Hub(opened.market, session, clock, faults, 100);
  const context: Mutable<Pick<VenueContext, "credentials">> & Omit<VenueContext, "credentials"> = {
    clock,
    session,
    market: opened.market,
    hub,
    faults,
    stats: new Stats(clock),
    plan: PLANS[plan],
    gatewayRate: 10,
    credentials: null,
    chance: seeded(seed).uniform,
  };
  const net = new SimNet(new House(context), clock);
  const desks: SimDesk[] = [];
  let nowMs = 0;
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    while (clock.step(nowMs)) await new Promise((resolve) => setImmediate(resolve));
  };
  const until = async (what: string, done: () => boolean, mostMs = 60_000): Promise<number> => {
    const from = clock.monotonicMs();
    while (!done()) {
      if (clock.monotonicMs() - from >= mostMs)
        throw new Error(
          `not in time: ${what}\n${desks.map((d) => `${JSON.stringify(d.session.rowsOfFeeds)}\n${d.text()}`).join("\n")}`,
        );
      await pass(100);
    }
    return clock.monotonicMs() - from;
  };
  const sim: Sim = {
    mayOpen: true,
    clock,
    wall,
    faults,
    nowUs: () => session.nowUs(),
    offsetUs: opened.startUs - START_WALL_US,
    revoke: () => {
      context.credentials = { key: "NEW", secret: "NEW" };
      faults.add({ kind: "tokenExpiry" });
    },
    pass,
    until,
    desk: (kind, changes = {}) => {
      const { setup, limit: _limit, rotated: _rotated, record = null, ...rest } = changes;
      const plain = liveBoot(BASE, opened.startUs - START_WALL_US, {
        symbols: ["SPY", "AAPL"],
        ...rest,
        record,
        ...(setup && { setup }),
      });
      const guarded: Net = {
        socket: (url, options) => {
          if (!sim.mayOpen) throw Object.assign(new Error("EMFILE"), { code: "EMFILE" });
          return net.socket(url, options);
        },
        fetch: (url, asked) =>
          sim.mayOpen
            ? net.fetch(url, asked)
            : Promise.reject(Object.assign(new Error("EMFILE"), { code: "EMFILE" })),
      };
      const boot: LiveBoot = { ...plain, feed: feedOf(kind, changes, plain) };
      const sent: FromDesk[] = [];
      const log: LogEntry[] = [];
      const views = new Map<string, unknown>();
      const live = new LiveSession(
        boot,
        (m) => (m.t === "view" ? void views.set(m.view, m.model) : void sent.push(m)),
        wall,
        { chance: seeded(seed + 7).uniform, net: guarded, record: (entry) => void log.push(entry) },
      );
      live.begin();
      live.receive({ t: "subscribe", sub: 1, view: "follows", params: { channel: null } });
      live.receive({ t: "subscribe", sub: 2, view: "status", params: {} });
      const made: SimDesk = {
        session: live,
        sent,
        log,
        zoneOffsetMin: () => (views.get("status") as StatusView | undefined)?.zoneOffsetMin,
        text: () => live.desk.log.map((e) => e.text).join("\n"),
        feed: (name) => live.rowsOfFeeds.find((r) => r.name === name),
        view: (view, params) => {
          views.delete(view);
          live.receive({ t: "subscribe", sub: 9, view, params } as never);
          return (views.get(view) ?? null) as never;
        },
        follows: () =>
          new Map((views.get("follows") as FollowsView | undefined)?.rows.map((r) => [r.label, r])),
      };
      desks.push(made);
      return made;
    },
    end: async () => {
      const ended = Promise.all(desks.map((d) => d.session.close()));
      await pass(2_000);
      await ended;
      hub.stop();
      opened.close();
    },
  };
  return sim;
}

/** Runs a test on a simulation, which ends with it. */
export async function inSim(
  choice: Parameters<typeof simulate>[0],
  run: (sim: Sim) => Promise<void>,
): Promise<void> {
  const sim = simulate(choice);
  try {
    await run(sim);
  } finally {
    await sim.end();
  }
}
