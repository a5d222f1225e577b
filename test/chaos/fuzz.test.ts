import { describe, expect, it } from "vitest";
import { corpora } from "./frames.ts";
import { fuzz, HANG_MS } from "./fuzz.ts";

/** The scanners of Alpaca's streams have as many again against their parsers, in test/store/capture/decode. */
const FRAMES = 100_000;

describe("malformed frames, by structure and by byte", () => {
  it.each(corpora())(
    "$channel takes them or refuses them: no throw, no value that is none, no hang",
    async (corpus) => {
      const count =
        corpus.channel.startsWith("alpaca:") || corpus.channel.includes("msgpack") ? FRAMES / 2 : FRAMES;
      const found = await fuzz(corpus, count, 20261121);
      expect(found).toMatchObject({ first: null, throws: 0, nans: 0 });
      expect(found.slowestMs).toBeLessThan(HANG_MS);
      expect(found.rows).toBeGreaterThan(count / 4);
      expect(found.refused).toBeGreaterThan(count / 100);
    },
  );
});
