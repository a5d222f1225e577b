/** Files whose rows are kept as lines: FX, Databento, Binance. */
import { csvRows } from "../csv-table.ts";
import { isoUs } from "../decode/csv-rows.ts";
import { CaptureError } from "../errors.ts";
import { wallUs } from "../zones.ts";
import { need, readFileName } from "./file-names.ts";
import type { ImportOutput } from "./output.ts";
import type { ImportRequest } from "./request.ts";

/** Zones of the dealers' day, as their source's market-hours table has them. */
const DEALER_ZONES: Readonly<Record<string, string>> = { fxcm: "UTC-05", oanda: "UTC" };

/** Hands each row to `row` with its time; rows of a file must have one. Returns the day of the first. */
async function readLines(
  file: string,
  headers: readonly string[],
  row: (cells: readonly string[], header: string) => number,
): Promise<string> {
  let header = "";
  let day = "";
  let n = 0;
  for await (const cells of csvRows(file)) {
    if (header === "") {
      header = cells.join(",");
      if (!headers.includes(header))
        throw new CaptureError(
          "CAP-012",
          file,
          `Expected the columns ${headers.join(" or ")}.`,
          `not ${header.slice(0, 80)}`,
        );
      continue;
    }
    n++;
    const us = row(cells, header);
    if (!(us > 0)) throw new CaptureError("CAP-012", file, "Check that row.", `row ${n} has no time`);
    if (day === "") day = new Date(us / 1000).toISOString().slice(0, 10);
  }
  if (day === "")
    throw new CaptureError("CAP-012", file, "Check that it is the file you meant.", "it has no rows");
  return day;
}

export async function readFx(file: string, request: ImportRequest, out: ImportOutput): Promise<string> {
  const name = readFileName(file);
  const pair = request.symbol ?? need(name.symbol, file, "--symbol");
  const day = request.day ?? need(name.days[0], file, "--day");
  const dealer = name.rest.split("_")[0] ?? "";
  const zone = request.zone ?? need(DEALER_ZONES[dealer], file, "--zone");
  const midnight = wallUs(day, "00:00", zone);
  await readLines(file, ["ms,bid,ask"], (cells) => {
    const us = midnight + Number(cells[0]) * 1000;
    out.frame(cells.join(","), us, `csv.fx:${pair}`);
    return us;
  });
  return day;
}

const MBP1 = "ts_recv,ts_event,symbol,action,side,price,size,bid,bid_size,ask,ask_size,flags,sequence";

export async function readDatabento(
  file: string,
  _request: ImportRequest,
  out: ImportOutput,
): Promise<string> {
  return readLines(file, [MBP1], (cells) => {
    const us = isoUs(cells[0] ?? "");
    out.frame(cells.join(","), us, "csv.databento");
    return us;
  });
}

const QUOTES = "timestamp,symbol,ask_size,ask,bid_size,bid";
const TRADES = "timestamp,trade_id,price,quantity,buyer_maker";

export async function readCryptoCsv(
  file: string,
  request: ImportRequest,
  out: ImportOutput,
): Promise<string> {
  const inName = readFileName(file).rest.split("_")[0]?.toUpperCase();
  const pair = request.symbol ?? inName;
  return readLines(file, [QUOTES, TRADES], (cells, header) => {
    const us = isoUs(cells[0] ?? "");
    const channel =
      header === QUOTES ? "csv.binance-quotes" : `csv.binance-trades:${need(pair, file, "--symbol")}`;
    out.frame(cells.join(","), us, channel);
    return us;
  });
}
