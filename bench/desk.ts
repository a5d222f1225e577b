import { playMarking } from "../src/shell/headless.ts";
import { type OpenedDesk, openDesk } from "../src/shell/open-desk.ts";
import { bootOf } from "../test/shell/boot.ts";
import type { BenchRow } from "./row.ts";

const RUNS = 7;

const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1] as number;

/** Seconds that `run` takes on a desk opened anew, the median of a few; opening is not counted. */
function timed(
  session: Parameters<typeof bootOf>[0],
  run: (opened: OpenedDesk) => void,
): { seconds: number; rows: number } {
  const seconds: number[] = [];
  let rows = 0;
  for (let k = 0; k < RUNS; k++) {
    const opened = openDesk(bootOf(session));
    rows = opened.session.rows;
    const began = performance.now();
    run(opened);
    seconds.push((performance.now() - began) / 1000);
    opened.session.close();
  }
  return { seconds: median(seconds), rows };
}

/** Every row's prices stored by slot and nothing else: what touching the data costs. */
function bare({ session }: OpenedDesk): void {
  const bid = new Float64Array(session.instruments.length);
  const ask = new Float64Array(session.instruments.length);
  for (let b = 0; b < session.blocks.length; b++) {
    const { n, slot, a, c } = session.block(b);
    for (let i = 0; i < n; i++) {
      const s = slot[i] as number;
      bid[s] = a[i] as number;
      ask[s] = c[i] as number;
    }
  }
}

/** Slowest of a set of jumps over the whole session, once it has been played. */
function jumps(session: Parameters<typeof bootOf>[0]): number {
  const { player, newPlayer, session: source } = openDesk(bootOf(session));
  newPlayer().playTo(source.rows);
  let worst = 0;
  for (let k = 1; k <= 40; k++) {
    const began = performance.now();
    player.seek(Math.floor(source.rows * ((k * 0.618) % 1)));
    worst = Math.max(worst, performance.now() - began);
  }
  return worst;
}

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const session of ["goog-2015-12-24", "bac-ibm-2013-10-08"] as const) {
    const base = timed(session, bare);
    const full = timed(session, playMarking);
    const perSecond = full.rows / full.seconds;
    rows.push({
      name: `replay ${session}, marks held + watched`,
      value: perSecond / 1e6,
      unit: "M events/s",
      ratio: full.seconds / base.seconds,
      reach: 2,
      ok: perSecond >= 2e6,
    });
    const worst = jumps(session);
    rows.push({
      name: `jump anywhere in ${session}, worst of 40`,
      value: worst,
      unit: "ms",
      ratio: null,
      reach: 300,
      ok: worst < 300,
    });
  }
  return rows;
}
