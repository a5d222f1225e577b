import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../config/errors.ts";
import {
  artifactHash,
  makeArtifact,
  readArtifact,
  writeArtifact,
} from "../../../store/artifacts/artifact.ts";
import { canonicalJson } from "../../../store/artifacts/canonical.ts";
import { type ArtifactKind, KINDS, STRICT, VERSIONS } from "../../../store/artifacts/schemas.ts";
import { removeFolder } from "../../harness/folders.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-art-"));
});
afterAll(() => removeFolder(dir));

const HEAD = {
  generated_at: "2026-08-19T20:00:00Z",
  as_of: "2026-08-18",
  symbol: "SPY",
  warnings: [],
  engine_version: "0.1.0",
  input_hashes: { chain: "a".repeat(64) },
  provider: "cboe",
  data_ages: { chain: 12.5, spot: null },
};
const SLICE = { convention: "dealer short puts", expiries: [], strikes: [], summary: {}, top_levels: [] };
/** The least of each kind. */
const LEAST: Readonly<Record<ArtifactKind, object>> = {
  iv_surface: {
    ...HEAD,
    spot: null,
    tenor_targets_dte: [],
    tenor: [],
    delta_buckets: [],
    tenor_changes: [],
    delta_bucket_changes: [],
  },
  iv_term_structure: {
    ...HEAD,
    spot: null,
    points: [],
    curve: [],
    ratio_7_30: null,
    ratio_30_90: null,
    ratio_30_180: null,
    slope: null,
    slope_error: null,
    steepness: null,
    level: null,
    regime: null,
    confidence: null,
    confidence_reasons: [],
    events: [],
  },
  exposure: { ...HEAD, spot: 767.45, slices: { near: SLICE, monthly: SLICE, all: SLICE } },
  intraday_flow: {
    ...HEAD,
    market_date: "2026-08-18",
    source: "tape",
    bucket_minutes: 5,
    contract_flow: [],
    time_buckets: [],
  },
  levels: { ...HEAD, summary: {}, anchored_vwap: [], volume_profile: [], poc: null, hvn: [], lvn: [] },
  scenarios: { ...HEAD, position_id: "p1", summary: {}, grid: [] },
};
const make = (kind: ArtifactKind, over: object = {}): ReturnType<typeof makeArtifact> =>
  makeArtifact(kind, { ...LEAST[kind], ...over } as never);
const failure = (f: () => unknown): string | null => {
  try {
    f();
  } catch (e) {
    return codeOf(e) ?? String(e);
  }
  return null;
};

describe.each(KINDS)("%s", (kind) => {
  it("validates in its least form, goes to disk and comes back the same", () => {
    const artifact = make(kind);
    expect(STRICT[kind].safeParse(artifact).success).toBe(true);
    expect(artifact).toMatchObject({
      kind,
      schema_version: VERSIONS[kind],
      disclaimer: expect.stringContaining("no investment advice"),
    });
    const file = join(dir, kind, "SPY", "2026-08-18.json");
    const { hash, bytes } = writeArtifact(artifact, file);
    expect(readFileSync(file).length).toBe(bytes);
    expect(readArtifact(file, kind)).toEqual(artifact);
    expect(hash).toBe(artifactHash(artifact));
  });

  it("refuses unknown fields on write, leaves those of a newer minor out on read, refuses another major", () => {
    expect(failure(() => make(kind, { colour: "red" }))).toBe("ART-001");
    expect(failure(() => make(kind, { symbol: undefined }))).toBe("ART-001");
    const artifact = make(kind);
    const file = join(dir, `${kind}.json`);
    const put = (over: object): string => {
      writeFileSync(file, canonicalJson({ ...artifact, ...over }));
      return file;
    };
    expect(failure(() => readArtifact(put({ colour: "red" }), kind))).toBe("ART-003");
    expect(readArtifact(put({ colour: "red", schema_version: "1.7" }), kind)).toEqual({
      ...artifact,
      schema_version: "1.7",
    });
    expect(failure(() => readArtifact(put({ symbol: 5, schema_version: "1.7" }), kind))).toBe("ART-003");
    expect(failure(() => readArtifact(put({ schema_version: "2.0" }), kind))).toBe("ART-003");
    expect(failure(() => readArtifact(put({ kind: "other" }), kind))).toBe("ART-003");
  });
});

describe("the bytes", () => {
  it("hash alike whenever it was made and in whatever order its keys came, and not when a figure differs", () => {
    const a = make("levels", { poc: 500 });
    const b = make("levels", {
      ...Object.fromEntries(Object.entries(LEAST.levels).toReversed()),
      poc: 500,
      generated_at: "2027-01-01T00:00:00Z",
    });
    expect(artifactHash(a)).toBe(artifactHash(b));
    expect(canonicalJson(a)).toBe(canonicalJson({ ...b, generated_at: a.generated_at }));
    expect(artifactHash(make("levels", { poc: 500.01 }))).not.toBe(artifactHash(a));
  });

  it("hold no number that is none", () => {
    expect(make("levels", { poc: Number.NaN })).toMatchObject({ poc: null });
    expect(canonicalJson({ b: [Number.POSITIVE_INFINITY, -0], a: undefined })).toBe(
      '{\n  "b": [\n    null,\n    0\n  ]\n}\n',
    );
  });

  it("are the same after a round through JSON, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        expect(canonicalJson(JSON.parse(canonicalJson(v)))).toBe(canonicalJson(v));
      }),
    );
  });
});

it("files that are none are refused with a code", () => {
  const file = join(dir, "x.json");
  for (const text of ["[]", "null", "5", "{}"]) {
    writeFileSync(file, text);
    expect([text, failure(() => readArtifact(file, "levels"))]).toEqual([text, "ART-003"]);
  }
  writeFileSync(file, "{");
  expect(failure(() => readArtifact(file, "levels"))).toBe("IMP-002");
  expect(failure(() => writeArtifact(make("levels"), join(file, "y.json")))).toBe("ART-002");
});
