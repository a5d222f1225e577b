import { bsmIv, type ImpliedVol } from "../../engines/pricing/index.ts";
import { type Adapter, type Answer, type Distance, has, ratioOf } from "./adapter.ts";

type Spelt = number | "NaN" | "Infinity" | "-Infinity";
interface Inputs<N> {
  readonly type: string;
  readonly price: N;
  readonly S: N;
  readonly K: N;
  readonly T: N;
  readonly r: N;
  readonly q: N;
}
interface Edge extends Inputs<Spelt> {
  readonly name: string;
  readonly expect: string;
  readonly sigma: number | null;
  readonly floor?: number;
}
type Columns = Readonly<
  Record<"price" | "S" | "K" | "T" | "r" | "q" | "sigma" | "floor", readonly number[]>
> & {
  readonly type: readonly string[];
};

const implied = (x: Inputs<number>): ImpliedVol =>
  bsmIv(x.type === "call" ? 1 : -1, x.price, x.S, x.K, x.T, x.r, x.q);

/** With carry the bounds themselves are rounded: this close to one, either side of it may be reported. */
function nearBound(e: Inputs<number>): boolean {
  if (e.r === 0 && e.q === 0) return false;
  const [a, b] = [e.S * Math.exp(-e.q * e.T), e.K * Math.exp(-e.r * e.T)];
  const w = e.type === "call" ? 1 : -1;
  const slack = 4 * 2 ** -52 * Math.max(a, b);
  const bounds = [Math.max(0, w * (a - b)), w > 0 ? a : b];
  return bounds.some((bound) => Math.abs(e.price - bound) <= slack);
}

function judge(e: Edge, inputs: Inputs<number>, got: ImpliedVol): Distance {
  const slack = 1e-12 * (e.sigma ?? 0) + 8 * (e.floor ?? 0);
  const value =
    e.sigma === null ? Number(got.sigma !== null) * Infinity || 0 : ratioOf(got.sigma, e.sigma, slack);
  if (got.kind === e.expect) return { ratio: value, at: "sigma" };
  const belowMaximum = e.name.includes("1 ulp below maximum") && got.kind === "above_maximum";
  return { ratio: belowMaximum || nearBound(inputs) ? 0 : Infinity, at: "kind" };
}

/** Implied volatility: 1e-12 of sigma plus eight floors; edges by their kind. */
export const iv: Adapter = {
  name: "implied volatility",
  recognises: (file) => has(file["columns"], "price", "sigma", "floor") && !has(file["columns"], "vega"),
  *run(file): Iterable<Answer> {
    const c = file["columns"] as Columns;
    for (let i = 0; i < c.price.length; i++) {
      const got = implied({
        type: c.type[i]!,
        price: c.price[i]!,
        S: c.S[i]!,
        K: c.K[i]!,
        T: c.T[i]!,
        r: c.r[i]!,
        q: c.q[i]!,
      });
      const want = c.sigma[i]!;
      yield { id: i, got, ratio: ratioOf(got.sigma, want, 1e-12 * want + 8 * c.floor[i]!), at: "sigma" };
    }
    for (const [i, e] of ((file["edges"] ?? []) as readonly Edge[]).entries()) {
      const inputs = {
        type: e.type,
        price: Number(e.price),
        S: Number(e.S),
        K: Number(e.K),
        T: Number(e.T),
        r: Number(e.r),
        q: Number(e.q),
      };
      const got = implied(inputs);
      yield { id: `edges.${i}`, got, ...judge(e, inputs, got) };
    }
  },
};
