/** A session as one flat table: a row per event, a column per meaning; what a kind does not carry is empty. */
import {
  type EventColumns,
  Flag,
  isoTime,
  Kind,
  type Micros,
  Quality,
  type Zone,
  zoneOffsetMin,
} from "../../../engines/market/index.ts";
import type { Session } from "../session.ts";

export interface ExportColumn {
  readonly name: string;
  readonly type: "BIGINT" | "DOUBLE" | "VARCHAR";
  readonly get: (c: EventColumns, i: number, s: Session) => number | string | null;
}

const KIND_NAMES = new Map<number, string>(Object.entries(Kind).map(([name, k]) => [k, name]));
const QUALITY_NAMES = new Map<number, string>(Object.entries(Quality).map(([name, q]) => [q, name]));

const known = (v: number | undefined): number | null => (v === undefined || v !== v ? null : v);
type Field = "a" | "b" | "c" | "d" | "e";

function value(name: string, fields: Partial<Record<keyof typeof Kind, Field>>, side = 0): ExportColumn {
  const byKind = new Map<number, Field>(
    Object.entries(fields).map(([k, f]) => [Kind[k as keyof typeof Kind], f]),
  );
  return {
    name,
    type: "DOUBLE",
    get: (c, i) => {
      const field = byKind.get(c.kind[i] ?? 0);
      if (field === undefined || (side !== 0 && ((c.flags[i] ?? 0) & side) === 0)) return null;
      return known(c[field][i]);
    },
  };
}

const condition = (part: "venue" | "code"): ExportColumn["get"] => {
  return (c, i, s) =>
    c.kind[i] === Kind.trade ? (s.manifest.derived?.conditions[c.ref[i] ?? -1]?.[part] ?? null) : null;
};
const objectOf = (c: EventColumns, i: number) =>
  c.kind[i] === Kind.object ? c.objects[c.ref[i] ?? -1] : undefined;

/** An instant on the wall of the session's exchange. */
const onWall = (us: number | undefined, s: Session): string | null =>
  us === undefined || us !== us ? null : isoTime(us, zoneOffsetMin(s.manifest.zone as Zone, us as Micros));
const instrumentOf = (c: EventColumns, i: number, s: Session) => s.instruments[c.slot[i] ?? -1];

/** Times twice: on the wall of the exchange with its offset, and in microseconds since the epoch. Prices are in the row's `ccy`. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  { name: "seq", type: "BIGINT", get: (c, i) => c.seq0 + i },
  { name: "time", type: "VARCHAR", get: (c, i, s) => onWall(c.recvUs[i], s) },
  { name: "event_time", type: "VARCHAR", get: (c, i, s) => onWall(c.eventUs[i], s) },
  { name: "recv_us", type: "BIGINT", get: (c, i) => known(c.recvUs[i]) },
  { name: "event_us", type: "BIGINT", get: (c, i) => known(c.eventUs[i]) },
  {
    name: "kind",
    type: "VARCHAR",
    get: (c, i) => objectOf(c, i)?.kind ?? KIND_NAMES.get(c.kind[i] ?? 0) ?? null,
  },
  { name: "instrument", type: "VARCHAR", get: (c, i, s) => instrumentOf(c, i, s)?.id ?? null },
  { name: "ccy", type: "VARCHAR", get: (c, i, s) => instrumentOf(c, i, s)?.ccy ?? null },
  {
    name: "quality",
    type: "VARCHAR",
    get: (c, i) =>
      c.kind[i] === Kind.object ? null : (QUALITY_NAMES.get((c.flags[i] ?? 0) & Flag.qualityMask) ?? null),
  },
  {
    name: "suspicious",
    type: "BIGINT",
    get: (c, i) => (((c.flags[i] ?? 0) & Flag.suspicious) === 0 ? 0 : 1),
  },
  value("bid_price", { quote: "a" }, Flag.bidSide),
  value("bid_size_contracts_or_shares", { quote: "b" }, Flag.bidSide),
  value("ask_price", { quote: "c" }, Flag.askSide),
  value("ask_size_contracts_or_shares", { quote: "d" }, Flag.askSide),
  value("price", { trade: "a", index: "a" }),
  value("size_contracts_or_shares", { trade: "b" }),
  {
    name: "sets_last",
    type: "BIGINT",
    get: (c, i) => (c.kind[i] === Kind.trade ? (((c.flags[i] ?? 0) & Flag.notLast) === 0 ? 1 : 0) : null),
  },
  { name: "venue", type: "VARCHAR", get: condition("venue") },
  { name: "condition", type: "VARCHAR", get: condition("code") },
  value("open_price", { bar: "a" }),
  value("high_price", { bar: "b" }),
  value("low_price", { bar: "c" }),
  value("close_price", { bar: "d" }),
  value("volume_contracts_or_shares", { bar: "e" }),
  value("open_interest_contracts", { openInterest: "a" }),
  {
    name: "object",
    type: "VARCHAR",
    get: (c, i) => {
      const o = objectOf(c, i);
      return o === undefined ? null : JSON.stringify(o);
    },
  },
];
