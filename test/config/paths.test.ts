import { describe, expect, it } from "vitest";
import { resolvePaths } from "../../config/paths.ts";

describe("where files are", () => {
  it("follows the XDG variables", () => {
    const env = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/k" };
    expect(resolvePaths(env, "/home/u", "/w")).toEqual({
      configDir: "/c/voldesk",
      configFile: "/c/voldesk/config.yaml",
      stateDir: "/s/voldesk",
      logDir: "/s/voldesk/log",
      cacheDir: "/k/voldesk",
    });
  });
  it("uses their defaults when they are unset, empty or relative", () => {
    for (const value of [undefined, "", "relative"]) {
      const p = resolvePaths({ XDG_CONFIG_HOME: value, XDG_STATE_HOME: value }, "/home/u", "/w");
      expect(p.configFile).toBe("/home/u/.config/voldesk/config.yaml");
      expect(p.stateDir).toBe("/home/u/.local/state/voldesk");
    }
  });
  it("takes given files and folders, from the working folder or the home folder", () => {
    expect(resolvePaths({}, "/home/u", "/w", { configFile: "a.yaml" }).configFile).toBe("/w/a.yaml");
    expect(resolvePaths({ VOLDESK_CONFIG: "~/a.yaml" }, "/home/u", "/w").configFile).toBe("/home/u/a.yaml");
    expect(resolvePaths({}, "/home/u", "/w", { stateDir: "~/v" }).logDir).toBe("/home/u/v/log");
  });
});
