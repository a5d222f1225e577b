import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    globalSetup: ["test/harness/build.ts"],
    setupFiles: ["test/harness/properties.ts"],
    // Ink ignores resizes when CI is set; the desk must not depend on it either.
    env: { TZ: "Asia/Kathmandu" },
    // Left to itself vitest keeps a core free, which on two of them is half of the time lost.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
