import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SOURCE_KINDS, type SourceKindName } from "../../../store/capture/sources.ts";
import { decodeTable, encodeTable, type Table } from "../../../store/capture/table-codec.ts";

const KINDS = Object.keys(SOURCE_KINDS) as SourceKindName[];

/** Any rows of a kind: sparse, jumping, repeating. */
const rowsOf = (kind: SourceKindName): fc.Arbitrary<Table> =>
  fc.integer({ min: 0, max: 40 }).chain((n) => {
    const cells = SOURCE_KINDS[kind].columns.map((spec) =>
      spec.type === "text"
        ? fc.array(fc.nat(6), { minLength: n, maxLength: n })
        : fc.array(
            fc.oneof(
              fc.constant(Number.NaN),
              fc.integer({ min: -5, max: 5 }).map((v) => v / 10 ** spec.places),
              fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((v) => v / 10 ** spec.places),
            ),
            { minLength: n, maxLength: n },
          ),
    );
    return fc.tuple(...cells).map((columns) => ({
      n,
      columns: Object.fromEntries(
        SOURCE_KINDS[kind].columns.map((s, i) => [s.name, Float64Array.from(columns[i] as number[])]),
      ),
      dicts: Object.fromEntries(
        SOURCE_KINDS[kind].columns
          .filter((s) => s.type === "text")
          .map((s) => [s.name, Array.from({ length: 7 }, (_, k) => `word ${k} é`)]),
      ),
    }));
  });

describe("source rows in columns", () => {
  it.each(KINDS)("gives %s back cell for cell", (kind) => {
    fc.assert(
      fc.property(rowsOf(kind), (table) => {
        const back = decodeTable(SOURCE_KINDS[kind].columns, encodeTable(SOURCE_KINDS[kind].columns, table));
        expect(back.n).toBe(table.n);
        for (const spec of SOURCE_KINDS[kind].columns) {
          const [got, want] = [
            back.columns[spec.name] as Float64Array,
            table.columns[spec.name] as Float64Array,
          ];
          for (let i = 0; i < table.n; i++)
            if (!Object.is(got[i], want[i]) && !(got[i] === 0 && want[i] === 0))
              throw new Error(`${spec.name}[${i}]`);
        }
        expect(back.dicts).toEqual(table.dicts);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses to round a price that has more places than its column", () => {
    const kind = SOURCE_KINDS["lean.option.closes"].columns;
    const one = (close: number): Table => ({
      n: 1,
      columns: {
        date: new Float64Array(1),
        "expiry,strike,right": new Float64Array(1),
        close: Float64Array.of(close),
      },
      dicts: { date: ["2015-12-23"], "expiry,strike,right": ["2016-01-15,700,C"] },
    });
    expect(() => encodeTable(kind, one(1.00005))).toThrow(/decimal places/);
    expect(() => encodeTable(kind, one(1.0005))).not.toThrow();
  });

  it("does not hang or allocate without bound on foreign bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...KINDS), (bytes, kind) => {
        try {
          decodeTable(SOURCE_KINDS[kind].columns, Buffer.from(bytes));
        } catch (e) {
          expect(e).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 300 },
    );
  });
});
