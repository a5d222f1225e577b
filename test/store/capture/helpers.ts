import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import {
  type Ccy,
  Flag,
  type Instrument,
  type InstrumentId,
  Kind,
  type Slot,
} from "../../../engines/market/index.ts";
import { RowBuffer } from "../../../store/capture/rows.ts";
import {
  type SessionHead,
  SessionWriter,
  type SessionWriterOptions,
} from "../../../store/capture/session-writer.ts";
import { removeFolder } from "../../harness/folders.ts";

const made: string[] = [];
afterAll(() => {
  for (const dir of made) removeFolder(dir);
});

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-capture-"));
  made.push(dir);
  return dir;
}

export const HEAD: SessionHead = {
  name: "small",
  title: "A small session",
  build: "0.0.0",
  day: "2024-05-09" as SessionHead["day"],
  calendar: "24H",
  zone: "UTC",
  sampling: "ticks",
  replay: { speed: 1, startUs: null },
  origin: null,
};
export const T0 = Date.UTC(2024, 4, 9) * 1000;

export const keepAll: SessionWriterOptions = { redact: (frame) => frame, fsync: "never" };

export const btc: Instrument = {
  kind: "crypto",
  id: "CRYPTO/BTC-USDT" as InstrumentId,
  symbol: "BTC-USDT",
  ccy: "USDT" as Ccy,
  calendar: "24H",
  ticks: [{ from: 0, tick: 0.01 }],
  multiplier: 1,
};

export const bookTicker = (k: number): string =>
  JSON.stringify({ u: k, s: "BTCUSDT", b: String(8000 + k), B: "1", a: String(8001 + k), A: "2" });

/** Definition of `btc`, then `n` quotes a millisecond apart. */
export function quoteRows(n: number): RowBuffer {
  const rows = new RowBuffer();
  rows.push(Kind.object, 0, 0, T0, Number.NaN, 0, 0, 0, 0, 0, 0);
  for (let k = 0; k < n; k++)
    rows.push(
      Kind.quote,
      Flag.bidSide | Flag.askSide,
      0,
      T0 + k * 1000,
      T0 + k * 1000,
      8000 + k,
      1,
      8001 + k,
      2,
      Number.NaN,
      -1,
    );
  return rows;
}
export const definition = { kind: "instrument", slot: 0 as Slot, instrument: btc } as const;

/** Records a session of `frames` raw frames in three records, and their rows. */
export function smallSession(frames = 30, options: Partial<SessionWriterOptions> = {}): string {
  const dir = join(tempDir(), "small");
  const writer = SessionWriter.create(dir, HEAD, { ...keepAll, blockRows: 16, ...options });
  for (let k = 0; k < frames; k++) {
    writer.appendRaw(bookTicker(k), T0 + k * 1000, "binance");
    if (k % Math.ceil(frames / 3) === 0) writer.flush();
  }
  writer.appendRows({ ...quoteRows(frames).cols, objects: [definition] });
  const closed = writer.close();
  if (!closed.ok) throw closed.error;
  return dir;
}
