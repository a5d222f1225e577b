import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readWatchFiles } from "../../bin/watch-files.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { watchKeeper } from "../../src/shell/watch-file.ts";
import { WatchLists } from "../../src/shell/watch-lists.ts";
import { removeFolder } from "../harness/folders.ts";
import { bootOf } from "../shell/boot.ts";

const folders: string[] = [];
afterEach(() => {
  for (const dir of folders.splice(0)) removeFolder(dir);
});
function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "watch-"));
  folders.push(dir);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

describe("watch lists as files", () => {
  it("are several, with braces for runs of strikes; a list is what the session has of it", () => {
    const dir = folder({
      "main.yaml": "- GOOG\n- GOOG 15jan {740..760..10}{c,p}\n- TSLA\n",
      "wings.yaml": "- GOOG 15jan 900c\n",
    });
    const { lists, problems } = readWatchFiles(dir);
    expect(problems).toEqual([]);
    expect(lists["main"]).toHaveLength(8);
    const { player, facts } = openDesk(bootOf("goog-2015-12-24"));
    const watch = new WatchLists(player.desk, lists, facts.session.day, watchKeeper(dir));
    expect(watch.names()).toEqual(["main", "wings"]);
    const found = watch.list("main").filter((id) => player.desk.slot(id) !== null);
    expect(found).toHaveLength(7);
    expect(found[1]).toMatch(/^OPT\/GOOG\/2016-01-15\/C\/740\//);
  });

  it("keep what is added and dropped, and what this session lacks too", () => {
    const dir = folder({ "main.yaml": "- GOOG\n- TSLA\n" });
    const { player, facts } = openDesk(bootOf("goog-2015-12-24"));
    const watch = new WatchLists(player.desk, readWatchFiles(dir).lists, facts.session.day, watchKeeper(dir));
    watch.change("main", ["GOOG 15jan 760 C"], []);
    watch.change("main", [], ["GOOG"]);
    expect(readWatchFiles(dir).lists["main"]).toEqual(["TSLA", expect.stringContaining("/C/760/")]);
    expect(readFileSync(join(dir, "main.yaml"), "utf8")).toContain("- TSLA");
  });

  it("are refused one by one when they are wrong, and said", () => {
    const dir = folder({
      "good.yaml": "- GOOG\n",
      "braces.yaml": "- GOOG 15jan {740..780c\n",
      "form.yaml": "GOOG: yes\n",
      "yaml.yaml": "- [\n",
    });
    const { lists, problems } = readWatchFiles(dir);
    expect(Object.keys(lists)).toEqual(["good"]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^WCH-001 watch\/braces\.yaml: .* The list was not taken\.$/);
    expect(readWatchFiles(join(dir, "nowhere"))).toEqual({ lists: {}, problems: [] });
  });
});
