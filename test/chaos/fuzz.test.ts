import { describe, expect, it } from "vitest";
import { corpora } from "./frames.ts";
import { answers } from "./frames-answers.ts";
import { fuzz, HANG_MS } from "./fuzz.ts";

/** The scanners of Alpaca's streams have as many again against their parsers, in test/store/capture/decode. */
const FRAMES = 100_000;
/** Answers come a few times an hour; `npm run chaos` gives their decoders as many frames as the others. */
const ANSWERS = new Set(answers().map((c) => c.channel));

function framesOf(channel: string): number {
  if (ANSWERS.has(channel)) return FRAMES / 10;
  return channel.startsWith("alpaca:") || channel.includes("msgpack") ? FRAMES / 2 : FRAMES;
}

describe("malformed frames, by structure and by byte", () => {
  it.each(corpora())(
    "$channel takes them or refuses them: no throw, no value that is none, no hang",
    async (corpus) => {
      const count = framesOf(corpus.channel);
      const found = await fuzz(corpus, count, 20261121);
      expect(found).toMatchObject({ first: null, throws: 0, nans: 0 });
      expect(found.slowestMs).toBeLessThan(HANG_MS);
      expect(found.rows).toBeGreaterThan(count / 4);
      expect(found.refused).toBeGreaterThan(count / 100);
    },
  );
});
