import { describe, expect, it } from "vitest";
import { copyNote, detectVia, passed } from "../../../screens/terminal/link.ts";

describe("what a terminal's bytes pass through", () => {
  it.each([
    [{}, []],
    [{ SSH_TTY: "/dev/pts/1" }, ["ssh"]],
    [{ TMUX: "/tmp/tmux-0/default,1,0", TERM: "tmux-256color" }, ["tmux"]],
    [{ STY: "12.pts-1.host", TERM: "screen.xterm-256color" }, ["screen"]],
    [
      { STY: "12.pts-1.host", TMUX: "/tmp/tmux-0/default,1,0", TERM: "screen.tmux-256color" },
      ["tmux", "screen"],
    ],
    [{ STY: "12.pts-1.host", TMUX: "/tmp/tmux-0/default,1,0", TERM: "tmux-256color" }, ["tmux"]],
  ])("%j is %j", (env, via) => {
    expect(detectVia(env)).toEqual(via);
  });

  it("a copy is wrapped for GNU screen, in tmux or not, and tmux's setting is told", () => {
    const link = { via: ["tmux", "screen"] as const, fps: () => 30 };
    expect(passed(link, "\x1b]52;c;YQ==\x07")).toBe("\x1bP\x1b]52;c;YQ==\x07\x1b\\");
    expect(copyNote(link)).toContain("set-clipboard on");
    expect(passed({ ...link, via: ["tmux"] }, "\x1b]52;c;YQ==\x07")).toBe("\x1b]52;c;YQ==\x07");
  });
});
