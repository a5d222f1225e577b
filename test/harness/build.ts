import { execFileSync } from "node:child_process";

/** Workers cannot start from TypeScript sources: every test run begins with a build. */
export function setup(): void {
  execFileSync(process.execPath, ["build.mjs"], { stdio: "inherit" });
}
