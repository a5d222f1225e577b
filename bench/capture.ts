import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventColumns } from "../engines/market/index.ts";
import { BUNDLED_SESSIONS, bundledSessionsDir } from "../store/capture/bundled.ts";
import { redactSecrets } from "../store/capture/redact.ts";
import { openSession } from "../store/capture/session.ts";
import { SessionWriter } from "../store/capture/session-writer.ts";
import type { BenchRow } from "./row.ts";

const FRAMES = 300_000;

const now = (): number => performance.now() / 1000;
function best(times: number, step: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < times; k++) {
    const from = now();
    step();
    least = Math.min(least, now() - from);
  }
  return least;
}

/** What a replay does at the least: looks at kind, slot, time and two prices of each row. */
function look(c: EventColumns): number {
  let sum = 0;
  for (let i = 0; i < c.n; i++) {
    const price = c.a[i] as number;
    sum += (c.kind[i] as number) + (c.slot[i] as number) + (c.recvUs[i] as number) * 1e-9;
    if (price === price) sum += price + (c.b[i] === c.b[i] ? (c.b[i] as number) : 0);
  }
  return sum;
}

/** Rows per second of a bundled tape: opened and read through from the file, against the same loop over columns in memory. */
function tape(): BenchRow[] {
  const dir = join(bundledSessionsDir(), BUNDLED_SESSIONS[0]);
  const session = openSession(dir);
  const { rows } = session;
  const blocks = session.blocks.map((_, b) => session.block(b));
  let sum = 0;
  const bare = best(7, () => {
    for (const c of blocks) sum += look(c);
  });
  session.close();
  const through = (): void => {
    const s = openSession(dir);
    for (let b = 0; b < s.blocks.length; b++) sum += look(s.block(b));
    s.close();
  };
  const checked = best(7, through);
  const warm = openSession(dir);
  for (let b = 0; b < warm.blocks.length; b++) warm.block(b);
  const again = best(7, () => {
    for (let b = 0; b < warm.blocks.length; b++) sum += look(warm.block(b));
  });
  warm.close();
  const opening = best(7, () => openSession(dir).close());
  if (!(sum > 0)) throw new Error("the loop was optimised away");
  const rate = (s: number): number => Math.round(rows / s);
  const row = (name: string, seconds: number, reach: number | null): BenchRow => ({
    name,
    value: rate(seconds),
    unit: "rows/s",
    ratio: bare / seconds,
    reach,
    ok: reach === null ? null : rate(seconds) >= reach,
  });
  return [
    row("capture: bare loop over columns in memory", bare, null),
    row("capture: tape open, checked, read and looked through", checked, 10_000_000),
    row("capture: tape blocks read again and looked through", again, 20_000_000),
    {
      name: "capture: open a session of 2,193 instruments",
      value: opening * 1000,
      unit: "ms",
      ratio: null,
      reach: 50,
      ok: opening < 0.05,
    },
  ];
}

const FRAME =
  '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"quote.BTC-PERPETUAL","data":{"timestamp":1765541767174,"instrument_name":"BTC-PERPETUAL","best_ask_price":92288.5,"best_bid_price":92288.0,"best_ask_amount":99470.0,"best_bid_amount":133440.0}}}';

/** Frames per second into a session, against compressing and writing nothing: the frames only made. */
function raw(): BenchRow[] {
  const make = (k: number): Buffer => Buffer.from(FRAME.replace("7174", String(1000 + (k % 9000))));
  let bytes = 0;
  const bare = best(3, () => {
    for (let k = 0; k < FRAMES; k++) bytes += make(k).length;
  });
  const write = (redact: typeof redactSecrets): number => {
    const dir = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
    try {
      const head = { name: "bench", title: "", build: "0", day: "2025-12-12", calendar: "24H", zone: "UTC" };
      const rest = { sampling: "ticks", replay: { speed: 1, startUs: null }, origin: null };
      const writer = SessionWriter.create(join(dir, "s"), { ...head, ...rest } as never, { redact });
      return best(1, () => {
        for (let k = 0; k < FRAMES; k++) writer.appendRaw(make(k), k, "deribit");
        writer.close();
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  const plain = Math.min(
    write((f) => f),
    write((f) => f),
  );
  const redacted = write(redactSecrets);
  if (bytes === 0) throw new Error("no frames");
  const row = (name: string, s: number, reach: number | null): BenchRow => {
    const value = Math.round(FRAMES / s);
    return {
      name,
      value,
      unit: "frames/s",
      ratio: bare / s,
      reach,
      ok: reach === null ? null : value >= reach,
    };
  };
  return [
    row("capture: frames only made (260 bytes)", bare, null),
    row("capture: frames appended, compressed, checksummed, synced", plain, 200_000),
    row("capture: the same through the redactor", redacted, 100_000),
  ];
}

export async function run(): Promise<BenchRow[]> {
  return [...tape(), ...raw()];
}
