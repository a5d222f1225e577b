import { expect, it } from "vitest";
import { resubscribe } from "./resubscribe.ts";

it("after a reset every symbol is streamed and proven again within seconds", {
  timeout: 60_000,
}, async () => {
  const { symbols, seconds } = await resubscribe(250);
  expect(symbols).toBe(250);
  expect(seconds).toBeLessThan(10);
});
