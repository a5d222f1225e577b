/** A briefing as plain blocks, and how they read as Markdown and as one HTML page. */
import { escaped } from "./svg.ts";

export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** `file` is its name beside the Markdown; the page holds the drawing itself. */
  | { readonly kind: "chart"; readonly file: string; readonly title: string; readonly svg: string };

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function markdownBlock(b: Block): string {
  switch (b.kind) {
    case "heading":
      return `${"#".repeat(b.level)} ${b.text}`;
    case "text":
      return b.text;
    case "list":
      return b.items.map((i) => `- ${i}`).join("\n");
    case "table":
      return [
        `| ${b.head.map(cell).join(" | ")} |`,
        `|${b.head.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|`,
        ...b.rows.map((r) => `| ${r.map(cell).join(" | ")} |`),
      ].join("\n");
    case "chart":
      return `![${b.title}](${b.file})`;
  }
}

export const markdown = (blocks: readonly Block[]): string => `${blocks.map(markdownBlock).join("\n\n")}\n`;

function htmlBlock(b: Block): string {
  switch (b.kind) {
    case "heading":
      return `<h${b.level}>${escaped(b.text)}</h${b.level}>`;
    case "text":
      return `<p>${escaped(b.text)}</p>`;
    case "list":
      return `<ul>\n${b.items.map((i) => `<li>${escaped(i)}</li>`).join("\n")}\n</ul>`;
    case "table": {
      const row = (cells: readonly string[], tag: string): string =>
        `<tr>${cells.map((c) => `<${tag}>${escaped(c)}</${tag}>`).join("")}</tr>`;
      return `<table>\n${row(b.head, "th")}\n${b.rows.map((r) => row(r, "td")).join("\n")}\n</table>`;
    }
    case "chart":
      return `<figure>\n${b.svg}</figure>`;
  }
}

const STYLE = `body{font:14px/1.45 sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#1f2328;background:#fff}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.6rem 0}
th,td{padding:.15rem .6rem;border-bottom:1px solid #d8dee4;text-align:right}th:first-child,td:first-child{text-align:left}
figure{display:inline-block;margin:.3rem}svg{max-width:100%;height:auto}@media print{body{margin:0}}`;

/** One page without a script or a link: it reads the same from a disk, a mail or a printer. */
export const html = (title: string, blocks: readonly Block[]): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escaped(title)}</title>\n<style>\n${STYLE}\n</style>\n</head>\n<body>\n${blocks.map(htmlBlock).join("\n")}\n</body>\n</html>\n`;
