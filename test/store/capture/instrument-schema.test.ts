import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  instrumentSchema,
  instrumentsSchema,
  isPlainOption,
} from "../../../store/capture/instrument-schema.ts";

const listed = JSON.parse(
  readFileSync("dist/sessions/goog-2015-12-24/tape/instruments.json", "utf8"),
) as Record<string, unknown>[];
const options = listed.filter((i) => i.kind === "option");

it("takes every option of the bundled session without the schema", () => {
  expect(options.length).toBe(2192);
  expect(options.filter((o) => !isPlainOption(o))).toEqual([]);
  expect(instrumentsSchema.parse(listed)).toEqual(listed);
});

it("takes nothing that the schema would refuse, however an option is bent", () => {
  const odd = fc.oneof(
    fc.string(),
    fc.double(),
    fc.constant(null),
    fc.constant(undefined),
    fc.boolean(),
    fc.constant([]),
    fc.constant({}),
    fc.constant("2016-02-31"),
    fc.constant(-1),
    fc.constant(0),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...options.slice(0, 50)),
      fc.constantFrom(
        ...Object.keys(options[0] as object),
        "extra",
        "settlement.time",
        "ticks.0.tick",
        "ticks.0.more",
      ),
      odd,
      (option, where, value) => {
        const bent = structuredClone(option) as Record<string, unknown>;
        const path = where.split(".");
        let at = bent as Record<string, unknown>;
        for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
        at[path.at(-1) as string] = value;
        if (isPlainOption(bent)) expect(instrumentSchema.safeParse(bent).success).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

it("still refuses a broken instrument", () => {
  expect(instrumentsSchema.safeParse([{ ...options[0], multiplier: 0 }]).success).toBe(false);
});
