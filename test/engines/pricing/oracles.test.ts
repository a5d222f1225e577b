import { describe, expect, it } from "vitest";
import {
  bsmChain,
  bsmGreeks,
  bsmIv,
  bsmPrice,
  GREEKS,
  type Greek,
  greekColumns,
  IV_KINDS,
  ivChain,
  sign,
} from "../../../engines/pricing/index.ts";
import { double, oracleFiles, readOracle } from "./oracle.ts";

type Side = "call" | "put";
interface BsmFile {
  columns: Record<"S" | "K" | "T" | "r" | "q" | "sigma" | Greek, number[]> & { cat: string[]; type: Side[] };
  floor: Record<Greek, number[]>;
}
interface IvFile {
  columns: Record<"price" | "S" | "K" | "T" | "r" | "q" | "sigma" | "floor", number[]> & {
    cat: string[];
    type: Side[];
  };
  edges: (Record<"price" | "S" | "K" | "T" | "r" | "q", number | string> & {
    name: string;
    type: Side;
    expect: string;
    sigma: number | null;
    floor?: number;
  })[];
}
const at = (column: readonly number[], i: number): number => column[i] as number;

for (const { label, path } of oracleFiles("bsm")) {
  describe(label, () => {
    const { columns: c, floor } = readOracle<BsmFile>(path);
    const rows = c.S.map((_, i) => i);
    const off = (g: Greek, i: number, got: number): string | null => {
      const want = at(c[g], i);
      if (want === 0 && Math.abs(got) <= 1e-290) return null;
      const tol = 1e-13 * Math.abs(want) + 8 * at(floor[g], i);
      return Math.abs(got - want) <= tol
        ? null
        : `${c.cat[i]} row ${i} ${g}: ${got}, want ${want} within ${tol}`;
    };
    const inputs = (i: number) =>
      [
        sign(c.type[i] as Side),
        at(c.S, i),
        at(c.K, i),
        at(c.T, i),
        at(c.r, i),
        at(c.q, i),
        at(c.sigma, i),
      ] as const;

    it("every scalar value is within the strict tolerance", () => {
      expect(rows.length).toBeGreaterThan(200);
      const wrong = rows.flatMap((i) => {
        const got = bsmGreeks(...inputs(i));
        return [...GREEKS.map((g) => off(g, i, got[g])), off("price", i, bsmPrice(...inputs(i)))];
      });
      expect(wrong.filter((x) => x !== null)).toEqual([]);
    });

    it("every columnar value is within the strict tolerance", () => {
      const out = greekColumns(1);
      const wrong = rows.flatMap((i) => {
        const [w, S, K, T, r, q, sigma] = inputs(i);
        const chain = { n: 1, w: Int8Array.of(w), K: Float64Array.of(K) };
        bsmChain({ S, T, r, q }, chain, Float64Array.of(sigma), out);
        return GREEKS.map((g) => off(g, i, out[g][0] as number));
      });
      expect(wrong.filter((x) => x !== null)).toEqual([]);
    });
  });
}

for (const { label, path } of oracleFiles("iv")) {
  describe(label, () => {
    const { columns: c, edges } = readOracle<IvFile>(path);
    const rows = c.S.map((_, i) => i);
    const off = (i: number, kind: string, got: number | null): string | null => {
      const want = at(c.sigma, i);
      const tol = 1e-12 * want + 8 * at(c.floor, i);
      const fine = kind === "ok" && got !== null && Math.abs(got - want) <= tol;
      return fine ? null : `${c.cat[i]} row ${i}: ${kind} ${got}, want ${want} within ${tol}`;
    };
    const inputs = (i: number) =>
      [
        sign(c.type[i] as Side),
        at(c.price, i),
        at(c.S, i),
        at(c.K, i),
        at(c.T, i),
        at(c.r, i),
        at(c.q, i),
      ] as const;

    it("cold", () => {
      expect(rows.length).toBeGreaterThan(400);
      const wrong = rows.map((i) => {
        const got = bsmIv(...inputs(i));
        return off(i, got.kind, got.sigma);
      });
      expect(wrong.filter((x) => x !== null)).toEqual([]);
    });

    it.each([1.001, 0.95, 1.3, 0.3, 8])("warm from %f of the truth", (factor) => {
      const wrong = rows.map((i) => {
        const got = bsmIv(...inputs(i), at(c.sigma, i) * factor);
        return off(i, got.kind, got.sigma);
      });
      expect(wrong.filter((x) => x !== null)).toEqual([]);
    });

    it("columnar", () => {
      const sigma = new Float64Array(1);
      const kind = new Uint8Array(1);
      const wrong = rows.map((i) => {
        const [w, price, S, K, T, r, q] = inputs(i);
        const chain = { n: 1, w: Int8Array.of(w), K: Float64Array.of(K) };
        ivChain({ S, T, r, q }, chain, Float64Array.of(price), null, sigma, kind);
        return off(i, IV_KINDS[kind[0] as number] as string, sigma[0] as number);
      });
      expect(wrong.filter((x) => x !== null)).toEqual([]);
    });

    it.each(edges)("$name", (e) => {
      const got = bsmIv(
        sign(e.type),
        ...([double(e.price), double(e.S), double(e.K), double(e.T), double(e.r), double(e.q)] as const),
      );
      expect(got.kind).toBe(e.expect);
      if (e.expect === "ok") {
        const want = e.sigma as number;
        expect(Math.abs((got.sigma as number) - want)).toBeLessThanOrEqual(1e-12 * want + 8 * (e.floor ?? 0));
      } else expect(got.sigma).toBe(e.sigma);
    });
  });
}
