import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Folders whose tests measure a process or kill some: each file has one to itself. All others leave nothing behind in theirs and share as many as
 * run at once, with what those have loaded: to load it again for each file was a quarter of the time of all.
 */
const ALONE = "{chaos,crash,guard,sim,soak}";
const files = (folder: string): string[] => [`test/${folder}/**/*.test.ts`, `test/${folder}/**/*.test.tsx`];
/** React as the built program has it. */
const oxc = { jsx: { development: false } } as const;
const common = {
  setupFiles: ["test/harness/properties.ts"],
  // Ink ignores resizes when CI is set; the desk must not depend on it either.
  env: { TZ: "Asia/Kathmandu", NODE_ENV: "production" },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  // Nothing that a test waits for is a matter of speed: a loaded machine is no failure.
  expect: { poll: { timeout: 20_000 } },
};

/**
 * Longest first, so that nothing long is left for the end, and last what waits for nothing; before all of them the folders with a process for each
 * file: among the others they would end processes that are shared.
 */
const LONGEST = [
  "crash/kills",
  "crash/disk",
  "sim/",
  "chaos/",
  "crash/",
  "guard/",
  "soak/",
  "bin/terminal",
  "live/",
  "bin/",
  "shell/",
  "export/",
  "screens/app/",
  "screens/orders/",
  "screens/wall/",
  "brokers/",
  "venue/",
];
const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
  return at >= 0 ? at : LONGEST.length;
};
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: ["test/harness/build.ts"],
    // Much of what tests do is waiting for processes and sockets: more of them than cores keep the cores busy.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        oxc,
        test: { ...common, name: "shared", include: files("*"), exclude: files(ALONE), isolate: false },
      },
      { oxc, test: { ...common, name: "alone", include: files(ALONE) } },
    ],
  },
});
