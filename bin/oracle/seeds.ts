import { type Adapter, type Answer, distance, isRecord, type OracleFile } from "./adapter.ts";

interface SeedCase {
  readonly id: string;
  readonly function: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  readonly tolerance?: { readonly abs: number; readonly rel: number };
}

/**
 * An adapter for a seed file: `{engine, tolerance: {abs, rel}, cases: [{id, function, input, expected}]}`. `functions` answers each
 * function's input in the shape of its `expected`; a function without an answer fails its cases. Keys in `often` are answered always and
 * stated by some cases only.
 */
export function seedAdapter(
  engine: string,
  functions: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>,
  often: readonly string[] = [],
): Adapter {
  return {
    name: engine,
    recognises: (file) => file["engine"] === engine && Array.isArray(file["cases"]),
    *run(file: OracleFile): Iterable<Answer> {
      const overall = file["tolerance"] as { abs: number; rel: number };
      for (const c of file["cases"] as readonly SeedCase[]) {
        const { abs, rel } = c.tolerance ?? overall;
        const got = isRecord(c.input) ? functions[c.function]?.(c.input) : undefined;
        const asked = often.length === 0 ? got : only(got, c.expected, often);
        const d = distance(asked, c.expected, (want) => abs + rel * Math.abs(want));
        yield { id: c.id, got, ...d };
      }
    },
  };
}

const only = (got: unknown, expected: unknown, often: readonly string[]): unknown =>
  isRecord(got) && isRecord(expected)
    ? Object.fromEntries(Object.entries(got).filter(([key]) => key in expected || !often.includes(key)))
    : got;
