import { inAscii, type Theme } from "../theme/theme.ts";

/** How the screen looks, as it may change while it runs. */
export class Looks {
  #theme: Theme;
  #flash: boolean;
  #calm: boolean;

  constructor(
    options: { readonly theme: Theme; readonly flash: boolean; readonly calm?: boolean },
    /** Everything is to be painted anew. */
    readonly changed: () => void,
  ) {
    this.#theme = options.theme;
    this.#flash = options.flash;
    this.#calm = options.calm ?? false;
  }

  get theme(): Theme {
    return this.#theme;
  }
  get calm(): boolean {
    return this.#calm;
  }
  /** Whether changed cells flash. */
  get flash(): boolean {
    return this.#flash && !this.#calm;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.changed();
  }
  setFlash(on: boolean): void {
    this.#flash = on;
  }
  setCalm(on: boolean): void {
    this.#calm = on;
  }

  /**
   * The terminal says where its cursor stood after one glyph of ambiguous width (see WIDTH_PROBE). True when that made the theme ASCII:
   * the glyph took two cells.
   */
  widthHeard(body: string): boolean {
    const column = /^\d+;(\d+)R$/.exec(body)?.[1];
    if (column !== "3" || this.#theme.ascii) return false;
    this.setTheme(inAscii(this.#theme));
    return true;
  }
}
