import type { LevelsView } from "../../src/desk/protocol.ts";
import { compatLevelsOf, type LevelTables, levelsOf, spotOf } from "../../src/study/levels.ts";
import { compatLevelsBody, levelsBody } from "../../store/artifacts/bodies/levels.ts";
import type { BodyOf } from "../../store/artifacts/schemas.ts";
import { artifactOf, type Delivery, type Facts } from "./deliver.ts";
import { type ColumnOf, tableOf } from "./show.ts";

interface Line {
  readonly name: string;
  readonly kind: string;
  readonly price: number;
  readonly away: number | null;
  readonly fraction: number | null;
  readonly atr: number | null;
}

const LINES: readonly ColumnOf<Line>[] = [
  ["level", "text", (r) => r.name],
  ["kind", "text", (r) => r.kind],
  ["price", "number", (r) => r.price],
  ["away", "number", (r) => r.away],
  ["away_percent", "number", (r) => (r.fraction ?? Number.NaN) * 100],
  ["away_atr", "number", (r) => r.atr],
];

const PROFILE: readonly ColumnOf<BodyOf<"levels">["volume_profile"][number]>[] = [
  ["low", "number", (b) => b.low],
  ["high", "number", (b) => b.high],
  ["volume", "number", (b) => b.volume],
];

const round = (x: number | null): string => (x === null ? "–" : String(Number(x.toFixed(4))));

/** Levels of candles as a result. */
export function levelsDelivery(facts: Facts, tables: LevelTables, mode: "desk" | "compat"): Delivery {
  if (mode === "compat") return compat(facts, tables);
  const r = levelsOf(tables);
  const body = levelsBody(r);
  const artifact = artifactOf("levels", facts, "desk", body, r.warnings);
  const s = r.relative;
  const beta = s?.windows[0];
  return {
    artifact,
    study: {
      head: [
        `${r.symbol} levels as of ${r.asOf}, nearest first, spot ${round(r.spot)}; average true range ${round(r.daily.atr)}`,
        ...(s
          ? [
              `against ${tables.benchmark?.symbol}: beta ${round(beta?.beta ?? null)}, correlation ${round(beta?.correlation ?? null)} over ${beta?.window ?? "–"} sessions, strength against its 20-day mean ${round(s.vsMean20)}`,
            ]
          : []),
        ...(tables.options ? ["walls and zero gamma assume dealers + calls, - puts: a HEURISTIC"] : []),
      ],
      tables: [
        tableOf("levels_profile", PROFILE, body.volume_profile),
        tableOf(
          "levels",
          LINES,
          r.levels.map((l) => ({ ...l, away: l.distance, fraction: l.distanceFraction, atr: l.distanceAtr })),
        ),
      ],
      brief: ["levels"],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}

/** The levels that a recorded session's desk shows, as a result. */
export function sessionLevels(facts: Facts, view: LevelsView): Delivery {
  const body: BodyOf<"levels"> = {
    summary: { spot: view.spot, atr: view.atr, day_move: view.dayMove },
    anchored_vwap: view.rows
      .filter((r) => r.kind === "vwap" && !r.name.includes("σ"))
      .map((r) => ({
        anchor_id: r.name,
        type: "session",
        time: null,
        price: null,
        vwap: r.price,
        distance_pct: r.fraction === null ? null : -r.fraction / (1 + r.fraction),
      })),
    volume_profile: profileBins(view),
    poc: view.rows.find((r) => r.name === "POC")?.price ?? null,
    hvn: view.rows.filter((r) => r.name === "HVN").map((r) => r.price),
    lvn: view.rows.filter((r) => r.name === "LVN").map((r) => r.price),
    levels: view.rows.map((r) => ({
      kind: r.kind,
      name: r.name,
      price: r.price,
      distance_pct: r.fraction,
      distance_atr: r.atr,
    })),
  };
  const artifact = artifactOf("levels", facts, "desk", body, view.warnings);
  return {
    artifact,
    study: {
      head: [
        `${view.label} levels, nearest first, spot ${round(view.spot)} ${view.ccy}; one day's implied move ${view.dayMove?.toFixed(2) ?? "–"}`,
        "walls and zero gamma assume dealers + calls, - puts: a HEURISTIC",
      ],
      tables: [
        tableOf(
          "levels",
          [...LINES, ["away_day_moves", "number", (r: Line & { dayMoves: number | null }) => r.dayMoves]],
          view.rows.map((r) => ({ ...r, away: r.distance })),
        ),
      ],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}

function profileBins({ profile }: LevelsView): BodyOf<"levels">["volume_profile"] {
  const { low, binSize, volume } = profile;
  if (binSize === null) return [];
  return Array.from(low, (from, i) => ({ low: from, high: from + binSize, volume: volume[i] ?? null }));
}

function compat(facts: Facts, tables: LevelTables): Delivery {
  const r = compatLevelsOf({ ...tables, spot: tables.spot ?? spotOf(tables) });
  const warnings = [r.summary, r.profile, ...r.vwaps].flatMap((x) => x.warnings);
  const artifact = artifactOf("levels", facts, "compat", compatLevelsBody(r), warnings);
  const lines = Object.entries(r.summary)
    .filter(([, v]) => typeof v === "number")
    .map(([name, value]) => ({ name, value: value as number }));
  const vwaps = r.vwaps.map((v) => ({ name: `vwap ${v.anchor_type}`, value: v.anchored_vwap ?? Number.NaN }));
  return {
    artifact,
    study: {
      head: [`${tables.symbol} levels as of ${tables.asOf}, spot ${round(r.spot)}, mode compat`],
      tables: [
        tableOf("levels_profile", PROFILE, artifact.volume_profile),
        tableOf(
          "levels",
          [
            ["level", "text", (l) => l.name],
            ["value", "number", (l) => l.value],
          ],
          [...lines, { name: "poc", value: r.profile.poc_price ?? Number.NaN }, ...vwaps],
        ),
      ],
      brief: ["levels"],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}
