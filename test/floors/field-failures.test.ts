import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("each test that the page of field failures names is there", () => {
  const rows = readFileSync("docs/field-failures.md", "utf8")
    .split("\n")
    .filter((line) => /^\| (?!#|day )/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const cell = row.split("|").at(-2) ?? "";
    const named = [...cell.matchAll(/`(test\/[^`]+)`(?: "([^"]+)")?/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, file = "", name = ""] of named) {
      if (file.includes("*")) continue;
      expect(existsSync(file), file).toBe(true);
      expect(readFileSync(file, "utf8"), `${file}: ${name}`).toContain(name.replace(/ ?…$/, ""));
    }
  }
});
