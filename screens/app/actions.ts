import type { Command, StatusView } from "../../src/desk/protocol.ts";
import type { ActionId } from "../keys/keymap.ts";
import { clock } from "../kit/format.ts";
import type { NoticeLevel, PromptOptions } from "./pane.ts";

/** What the replay keys need of the screen. */
export interface ReplayHost {
  readonly status: () => StatusView | null;
  readonly send: (command: Command) => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
  readonly prompt: (options: PromptOptions) => void;
}

export const SPEEDS: readonly (number | "max")[] = [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 100, "max"];

/** The next speed of the ladder, up or down; the ends stay. */
export function nextSpeed(now: number | "max", by: 1 | -1): number | "max" {
  const size = (s: number | "max"): number => (s === "max" ? Number.POSITIVE_INFINITY : s);
  const ladder = by > 0 ? SPEEDS : SPEEDS.toReversed();
  const next = ladder.find((s) => (by > 0 ? size(s) > size(now) : size(s) < size(now)));
  return next ?? now;
}

/**
 * A place in the session: `10:35`, `10:35:20` (exchange time of the session's day), `+5m`, `-30s`, `+1h`, `open`, `close`, `start`, `end`.
 * A sentence when it is none.
 */
export function parseJump(text: string, v: StatusView): { readonly us: number } | string {
  const word = text.trim().toLowerCase();
  const named: Readonly<Record<string, number | null | undefined>> = {
    open: v.openUs,
    close: v.closeUs,
    start: v.firstUs,
    end: v.lastUs,
  };
  if (word in named) {
    const us = named[word];
    return us === null || us === undefined ? `This session has no ${word}.` : { us };
  }
  const mark = /^m(\d{1,3})$/.exec(word);
  if (mark) {
    const us = v.bookmarks.toSorted((a, b) => a - b)[Number(mark[1]) - 1];
    return us === undefined ? `There is no bookmark ${mark[1]}: M sets one, g m lists them.` : { us };
  }
  const by = /^([+-])(\d+(?:\.\d+)?)([smh]?)$/.exec(word);
  if (by) {
    const unit = { s: 1e6, m: 60e6, h: 3600e6 }[by[3] === "" ? "m" : (by[3] as "s" | "m" | "h")];
    return { us: Math.round(v.nowUs + (by[1] === "-" ? -1 : 1) * Number(by[2]) * unit) };
  }
  const at = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(word);
  const [hours, minutes, seconds] = [at?.[1], at?.[2], at?.[3] ?? "0"].map(Number) as [
    number,
    number,
    number,
  ];
  if (!at || hours > 23 || minutes > 59 || seconds > 59) {
    return `"${text.trim()}" is no time. Try 10:35, 10:35:20, +5m, -30s, open.`;
  }
  const offset = v.zoneOffsetMin * 60e6;
  const midnight = Math.floor((v.nowUs + offset) / 86_400e6) * 86_400e6 - offset;
  return { us: midnight + (hours * 3600 + minutes * 60 + seconds) * 1e6 };
}

/** The replay's controls as actions. Outside a replay they say so and do nothing. */
export function replayActions(host: ReplayHost): Partial<Record<ActionId, (key: string) => void>> {
  const inReplay = (act: (v: StatusView, key: string) => void) => (key: string) => {
    const v = host.status();
    if (v === null) return;
    if (v.mode !== "replay") host.notify("That is a replay key: this session is live.", "info");
    else act(v, key);
  };
  const step = (by: "event" | "second" | "minute", count: number) =>
    inReplay(() => host.send({ name: "step", by, count }));
  const faster = (by: 1 | -1) =>
    inReplay((v) => {
      const speed = nextSpeed(v.speed, by);
      if (speed !== v.speed) host.send({ name: "speed", speed });
    });
  return {
    "replay.pause": inReplay((v) => host.send({ name: v.paused ? "run" : "pause" })),
    "replay.slower": faster(-1),
    "replay.faster": faster(1),
    "replay.backEvent": step("event", -1),
    "replay.nextEvent": step("event", 1),
    "replay.backSecond": step("second", -1),
    "replay.nextSecond": step("second", 1),
    "replay.backMinute": step("minute", -1),
    "replay.nextMinute": step("minute", 1),
    "replay.bookmark": inReplay((v) => {
      host.send({ name: "bookmark" });
      host.notify(`bookmark at ${clock(v.nowUs, v.zoneOffsetMin)} ${v.zone}`);
    }),
    "replay.jump": inReplay((_, key) => {
      host.prompt({
        label: "go to ",
        text: key === "o" ? "open" : key,
        onDone: (text) => jump(host, text),
      });
    }),
  };
}

export function jump(host: ReplayHost, text: string): void {
  const v = host.status();
  if (v === null) return;
  const to = parseJump(text, v);
  if (typeof to === "string") host.notify(to, "warn");
  else host.send({ name: "jump", to: { us: to.us as StatusView["nowUs"] } });
}
