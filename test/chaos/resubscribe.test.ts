import { expect, it } from "vitest";
import { figure, SIZE } from "../harness/sizes.ts";
import { resubscribe } from "./resubscribe.ts";

it("after a reset every symbol is streamed and proven again", async () => {
  const { symbols, seconds } = await resubscribe(250);
  expect(symbols).toBe(250);
  figure("a reset with 250 symbols", `every one streamed and proven again after ${seconds.toFixed(1)} s`);
  // Beside other tests time tells of them too.
  if (SIZE !== "test") expect(seconds).toBeLessThan(10);
});
