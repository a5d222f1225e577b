import { toAscii } from "../kit/canvas.ts";
import { Attr, reduce } from "../terminal/styles.ts";
import type { Role } from "../theme/roles.ts";
import type { Theme } from "../theme/theme.ts";
import type { ChartColor } from "./blessed.ts";

/** Roles of the theme in the forms that blessed takes them. */
export class Ink {
  constructor(readonly theme: Theme) {}

  /** Whether colours alone can tell one line or bar from another. */
  get colours(): boolean {
    return this.theme.styles.depth !== "mono";
  }

  /** Palette index of a role's letters, -1 for the terminal's own. */
  index(role: Role): number {
    const { fg } = this.theme.styles.get(this.theme.s[role]);
    return fg === null ? -1 : (reduce(fg, "256") ?? -1);
  }

  chart(role: Role): ChartColor {
    const index = this.index(role);
    return index < 0 ? "normal" : index;
  }

  /** Text from the desk as it may be shown: no control characters, and none that this terminal lacks. */
  clean(text: string): string {
    const shown = text.replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
    return this.theme.ascii ? toAscii(shown) : shown;
  }

  /** Clean text in a role's look, as a piece of content. */
  text(role: Role, text: string): string {
    const { bg, attrs } = this.theme.styles.get(this.theme.s[role]);
    const fg = this.index(role);
    const ground = bg === null ? null : reduce(bg, "256");
    const on = [
      ...(attrs & Attr.bold ? ["1"] : []),
      ...(attrs & Attr.underline ? ["4"] : []),
      ...(attrs & Attr.inverse ? ["7"] : []),
      ...(fg < 0 ? [] : [`38;5;${fg}`]),
      ...(ground === null ? [] : [`48;5;${ground}`]),
    ];
    const clean = this.clean(text);
    return on.length === 0 ? clean : `\x1b[${on.join(";")}m${clean}\x1b[m`;
  }
}
