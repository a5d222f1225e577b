import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "./folders.ts";

/**
 * Workers cannot start from TypeScript sources: every test run begins with a build. It ends with the figures that tests gave. All its temporary
 * folders are in one, which goes with it.
 */
export function setup(): () => void {
  execFileSync(process.execPath, ["build.mjs"], { stdio: "inherit" });
  const dir = mkdtempSync(join(tmpdir(), "voldesk-"));
  const file = join(dir, "figures");
  writeFileSync(file, "");
  process.env["VOLDESK_FIGURES"] = file;
  process.env["TMPDIR"] = dir;
  return () => {
    const lines = readFileSync(file, "utf8");
    removeFolder(dir);
    if (lines !== "")
      process.stdout.write(`\nFigures of this run\n${lines.replace(/^/gm, "  ").trimEnd()}\n`);
  };
}
