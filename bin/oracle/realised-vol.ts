import { closeToClose, ewmaVolatility, rollingCloseToClose } from "../../engines/pricing/index.ts";
import { type Adapter, type Answer, distance, first, has } from "./adapter.ts";

interface Case extends Readonly<Record<string, unknown>> {
  readonly close: readonly number[];
}

/** Answers a column by its name: `full_ddofN`, `zeroMean`, `rollingW_ddofN`, `ewmaL` (L in hundredths). */
function column(name: string, close: readonly number[]): unknown {
  if (name === "zeroMean") return closeToClose(close, "zero");
  const full = /^full_ddof([01])$/.exec(name);
  if (full) return closeToClose(close, full[1] === "1" ? "sample" : "population");
  const rolling = /^rolling(\d+)_ddof([01])$/.exec(name);
  if (rolling)
    return rollingCloseToClose(close, Number(rolling[1]), rolling[2] === "1" ? "sample" : "population");
  const ewma = /^ewma(\d\d)$/.exec(name);
  if (ewma) return ewmaVolatility(close, Number(ewma[1]) / 100);
  return undefined;
}

/** Close-to-close volatility: 1e-12 relative, rolling 1e-9; null in the same places. */
export const realisedVol: Adapter = {
  name: "realised volatility",
  recognises: (file) => has(first(file["cases"]), "close", "full_ddof1"),
  *run(file): Iterable<Answer> {
    for (const [i, { close, ...want }] of (file["cases"] as readonly Case[]).entries()) {
      const got = Object.fromEntries(Object.keys(want).map((name) => [name, column(name, close)]));
      const d = distance(got, want, (v, path) => (path.startsWith("rolling") ? 1e-9 : 1e-12) * Math.abs(v));
      yield { id: i, got, ...d };
    }
  },
};
