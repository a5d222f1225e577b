import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders whose tests leave nothing behind in their process: they share one, with what it has loaded. */
const SHARED = "{config,desk,engines,screens,store,study,telemetry}";
const files = (folder: string): string[] => [`test/${folder}/**/*.test.ts`, `test/${folder}/**/*.test.tsx`];
const common = {
  setupFiles: ["test/harness/properties.ts"],
  // Ink ignores resizes when CI is set; the desk must not depend on it either.
  env: { TZ: "Asia/Kathmandu" },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  // Nothing that a test waits for is a matter of speed: a loaded machine is no failure.
  expect: { poll: { timeout: 20_000 } },
};

/** Longest first, so that nothing long is left for the end; last what shares a process and waits for nothing. */
const LONGEST = [
  "crash/kills",
  "crash/disk",
  "bin/replay",
  "bin/terminal",
  "sim/",
  "chaos/",
  "live/",
  "guard/",
];
const rank = ({ moduleId, project }: TestSpecification): number => {
  const at = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
  return at >= 0 ? at : LONGEST.length + (project.name === "shared" ? 1 : 0);
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
      { test: { ...common, name: "shared", include: files(SHARED), isolate: false } },
      { test: { ...common, name: "alone", include: files("*"), exclude: files(SHARED) } },
    ],
  },
});
