import { americanGreeks, bsmPrice, cashPrice } from "../../engines/pricing/index.ts";
import { type Adapter, type Answer, type Distance, ratioOf, worse } from "./adapter.ts";

interface Case {
  readonly type: string;
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly price: number;
  readonly european: number | null;
}
interface YieldCase extends Case {
  readonly exerciseNow: boolean;
  readonly delta: number | null;
  readonly vega: number | null;
}
interface DividendCase extends Case {
  readonly tDiv: number;
  readonly dividend: number;
  readonly priceTol: number;
}

const side = (c: Case): 1 | -1 => (c.type === "call" ? 1 : -1);

/** This far above intrinsic, relative to spot, the reference's own boundary is blurred: its verdict there is not held against us. */
const BLUR = 3e-8;

/** Boundary method: price 5e-6 of spot, delta 1e-4, vega 1e-3 of spot, the European price 1e-12 of spot, the verdict exact. */
function yields(c: YieldCase, id: string): Answer {
  const w = side(c);
  const { greeks, exerciseNow, premium } = americanGreeks(w, c.S, c.K, c.T, c.r, c.q, c.sigma);
  const european = bsmPrice(w, c.S, c.K, c.T, c.r, c.q, c.sigma);
  const { price, delta, vega } = greeks;
  let worst: Distance = { ratio: ratioOf(price, c.price, 5e-6 * c.S), at: "price" };
  const hold = (got: number, want: number | null, tolerance: number, at: string): void => {
    if (want !== null) worst = worse(worst, { ratio: ratioOf(got, want, tolerance), at });
  };
  hold(delta, c.delta, 1e-4, "delta");
  hold(vega, c.vega, 1e-3 * c.S, "vega");
  hold(european, c.european, 1e-12 * c.S, "european");
  const above = c.price - w * (c.S - c.K);
  const blurred = above > 0 && above < BLUR * c.S;
  if (exerciseNow !== c.exerciseNow && !blurred) worst = { ratio: Infinity, at: "exerciseNow" };
  return { id, got: { price, european, premium, exerciseNow, delta, vega }, ...worst };
}

/** One cash dividend, spot model: American and European within the row's own tolerance. */
function dividends(c: DividendCase, id: string): Answer {
  const value = (american: boolean): number =>
    cashPrice(side(c), c.S, c.K, c.T, c.r, c.q, c.sigma, [{ t: c.tDiv, amount: c.dividend }], american);
  const got = { price: value(true), european: value(false) };
  let worst: Distance = { ratio: ratioOf(got.price, c.price, c.priceTol), at: "price" };
  if (c.european !== null)
    worst = worse(worst, { ratio: ratioOf(got.european, c.european, c.priceTol), at: "european" });
  return { id, got, ...worst };
}

export const american: Adapter = {
  name: "American exercise",
  recognises: (file) => Array.isArray(file["yieldCases"]) || Array.isArray(file["dividendCases"]),
  *run(file): Iterable<Answer> {
    for (const [i, c] of ((file["yieldCases"] ?? []) as readonly YieldCase[]).entries())
      yield yields(c, `yieldCases.${i}`);
    for (const [i, c] of ((file["dividendCases"] ?? []) as readonly DividendCase[]).entries())
      yield dividends(c, `dividendCases.${i}`);
  },
};
