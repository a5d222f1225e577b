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
 * function's input in the shape of its `expected`; a function without an answer fails its cases.
 */
export function seedAdapter(
  engine: string,
  functions: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>,
): Adapter {
  return {
    name: engine,
    recognises: (file) => file["engine"] === engine && Array.isArray(file["cases"]),
    *run(file: OracleFile): Iterable<Answer> {
      const overall = file["tolerance"] as { abs: number; rel: number };
      for (const c of file["cases"] as readonly SeedCase[]) {
        const { abs, rel } = c.tolerance ?? overall;
        const got = isRecord(c.input) ? functions[c.function]?.(c.input) : undefined;
        const d = distance(got, c.expected, (want) => abs + rel * Math.abs(want));
        yield { id: c.id, got, ...d };
      }
    },
  };
}
