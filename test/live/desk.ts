import type { FeedsView, FollowRow, FollowsView, FromDesk, LogView } from "../../src/desk/protocol.ts";
import type { AlpacaSetup } from "../../src/feeds/alpaca/setup.ts";
import { type Clock, systemClock } from "../../src/shell/clock.ts";
import type { LiveBoot } from "../../src/shell/live/live-boot.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import { until } from "../harness/until.ts";
import { liveBoot } from "./boot.ts";

/** A live desk on a venue, as a test looks at it. */
export interface TestDesk {
  readonly session: LiveSession;
  readonly sent: FromDesk[];
  feed(name: string): FeedsView["feeds"][number] | undefined;
  counter(name: string): number;
  log(): string;
  /** How each instrument is followed, by label. */
  follows(): ReadonlyMap<string, FollowRow>;
  /** Waits until `done`, and fails with the state of the feeds when it never comes. */
  until(what: string, done: () => boolean): Promise<void>;
}

export type Changes = Partial<Omit<LiveBoot, "record">> & {
  readonly setup?: Partial<AlpacaSetup>;
  /** Nothing is recorded unless asked for. */
  readonly record?: boolean | LiveBoot["record"];
  readonly clock?: Clock;
};
type Ended = (() => Promise<void>)[];

export function desk(ended: Ended, url: string, offsetUs: number, changes: Changes = {}): TestDesk {
  const { record = false, clock = systemClock, ...rest } = changes;
  const sent: FromDesk[] = [];
  const session = new LiveSession(
    liveBoot(url, offsetUs, {
      symbols: ["BTC/USD", "SPY"],
      ...rest,
      ...(record === true ? {} : { record: record === false ? null : record }),
      setup: { chainDays: 0, chainWidth: 0.001, ...changes.setup },
    }),
    (m) => {
      if (m.t !== "view") sent.push(m);
      else views.set(m.view, m.model);
    },
    clock,
    { chance: () => 0.5 },
  );
  const views = new Map<string, unknown>();
  session.begin();
  session.receive({ t: "subscribe", sub: 1, view: "feeds", params: {} });
  session.receive({ t: "subscribe", sub: 2, view: "log", params: { limit: 100 } });
  session.receive({ t: "subscribe", sub: 3, view: "follows", params: { channel: null } });
  ended.push(() => session.close());
  const feeds = () => views.get("feeds") as FeedsView | undefined;
  const log = () => ((views.get("log") as LogView | undefined)?.entries ?? []).map((e) => e.text).join("\n");
  const follows = () => views.get("follows") as FollowsView | undefined;
  return {
    session,
    follows: () => new Map(follows()?.rows.map((r) => [r.label, r])),
    sent,
    feed: (name) => session.rowsOfFeeds.find((r) => r.name === name),
    counter: (name) => feeds()?.counters.find((c) => c.name === name)?.value ?? 0,
    log,
    until: async (what, done) => {
      await until(what, done, () => `${JSON.stringify(session.rowsOfFeeds, null, 1)}\n${log()}`);
    },
  };
}
