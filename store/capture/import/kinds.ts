/** Which vendors' files can become a session, and how each is read. */
import type { Manifest } from "../manifest.ts";
import { readCryptoCsv, readDatabento, readFx } from "./csv-files.ts";
import { readFrames } from "./frame-files.ts";
import { readLeanMinute, readLeanTick } from "./lean-files.ts";
import type { ImportOutput } from "./output.ts";
import type { ImportRequest } from "./request.ts";

export interface ImportKind {
  readonly name: string;
  readonly help: string;
  readonly sampling: Manifest["sampling"];
  /** Reads one file; returns the exchange day it is of. */
  readonly read: (file: string, request: ImportRequest, out: ImportOutput) => Promise<string>;
}

export const IMPORT_KINDS: readonly ImportKind[] = [
  {
    name: "lean-minute",
    help: "Lean minute quotes, trades, open interest and index bars, and end-of-day chains as prior marks",
    sampling: "minute bars",
    read: readLeanMinute,
  },
  {
    name: "lean-tick",
    help: "Lean equity ticks: one-sided NBBO rows and trades",
    sampling: "ticks",
    read: readLeanTick,
  },
  {
    name: "fx",
    help: "currency quotes ms,bid,ask (FXCM in UTC-05, Oanda in UTC)",
    sampling: "ticks",
    read: readFx,
  },
  {
    name: "databento",
    help: "Databento MBP-1 of E-mini S&P 500 futures and their options, as CSV",
    sampling: "ticks",
    read: readDatabento,
  },
  {
    name: "crypto",
    help: "Binance quotes or trades as CSV",
    sampling: "ticks",
    read: readCryptoCsv,
  },
  {
    name: "frames",
    help: "raw messages of binance, deribit or ibkr as JSON (--venue, or the folder's name; ibkr needs --symbol EQ/NAME/CCY)",
    sampling: "ticks",
    read: readFrames,
  },
];
