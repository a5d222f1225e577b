import { bsmGreeks, GREEKS, type Greek, type Greeks } from "../../engines/pricing/index.ts";
import { type Adapter, type Answer, has, ratioOf, worse } from "./adapter.ts";

type Columns = Readonly<Record<Greek | "S" | "K" | "T" | "r" | "q" | "sigma", readonly number[]>> & {
  readonly type: readonly string[];
};

/** Price and Greeks: 1e-13 relative plus eight floors, the strict bound for the price too; a reference of 0 accepts 1e-290. */
export const bsm: Adapter = {
  name: "Black-Scholes-Merton",
  recognises: (file) =>
    has(file["columns"], "S", "K", "T", "sigma", "price", "vanna", "color") && has(file["floor"], "vanna"),
  *run(file): Iterable<Answer> {
    const c = file["columns"] as Columns;
    const floor = file["floor"] as Readonly<Record<Greek, readonly number[]>>;
    for (let i = 0; i < c.S.length; i++) {
      const w = c.type[i] === "call" ? 1 : -1;
      const got: Greeks = bsmGreeks(w, c.S[i]!, c.K[i]!, c.T[i]!, c.r[i]!, c.q[i]!, c.sigma[i]!);
      let worst = { ratio: 0, at: "" };
      for (const g of GREEKS) {
        const want = c[g][i]!;
        const allowed = want === 0 ? 1e-290 : 1e-13 * Math.abs(want) + 8 * floor[g][i]!;
        worst = worse(worst, { ratio: ratioOf(got[g], want, allowed), at: g });
      }
      yield { id: i, got, ...worst };
    }
  },
};
