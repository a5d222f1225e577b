import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { voldesk } from "./program.ts";

let script: string | undefined;
const complete = (line: string): string[] => {
  const words = line.split(" ");
  script ??= voldesk(["completion", "bash"]).out;
  const asked = `${script}
COMP_WORDS=(${words.map((w) => `'${w}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_voldesk; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync("bash", ["-c", asked], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((w) => w !== "");
};

describe("completion, from the command tree", () => {
  it("completes commands, subcommands, options and values in bash", () => {
    expect(complete("voldesk re")).toEqual(["replay", "report", "reset"]);
    expect(complete("voldesk config ")).toEqual(
      expect.arrayContaining(["show", "check", "path", "template"]),
    );
    expect(complete("voldesk replay --he")).toEqual(["--headless", "--help"]);
    expect(complete("voldesk captures ex")).toEqual(["export"]);
    expect(complete("voldesk calc ")).toContain("greeks");
    expect(complete("voldesk completion ")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
    expect(complete("voldesk --config x config ch")).toEqual(["check"]);
  });

  it("is a script that bash accepts, and names every command for zsh and fish", () => {
    const bash = spawnSync("bash", ["-n"], { input: voldesk(["completion", "bash"]).out, encoding: "utf8" });
    expect({ status: bash.status, err: bash.stderr }).toEqual({ status: 0, err: "" });
    for (const shell of ["zsh", "fish"]) {
      const { code, out } = voldesk(["completion", shell]);
      expect(code).toBe(0);
      for (const name of ["replay", "snapshot", "captures", "calc", "template"]) expect(out).toContain(name);
    }
  });

  it("does not depend on the user's settings", () => {
    expect(voldesk(["completion", "bash"], { VOLDESK_SCREEN_FPS: "bad" }).code).toBe(0);
  });
});
