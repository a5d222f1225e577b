import { type Instance, render } from "ink";
import type { Rect } from "../terminal/compositor.ts";
import { InkStdin, InkStdout } from "../terminal/ink-tty.ts";
import { LiveBoxes } from "./live-boxes.ts";
import { Root, type RootProps } from "./root.tsx";

export type StructureProps = Omit<RootProps, "live">;

/** What Ink lays out: the boxes of the panes and rows, and the text of dialogs. It draws only when asked to. */
export class Structure {
  readonly #boxes = new LiveBoxes();
  readonly #out: InkStdout;
  readonly #ink: Instance;
  #ended = false;

  constructor(props: StructureProps, onFrame: (frame: string) => void, onFatal: (error: unknown) => void) {
    this.#out = new InkStdout(props.cols, props.rows, onFrame);
    this.#ink = render(this.#root(props), {
      stdout: this.#out as unknown as NodeJS.WriteStream,
      stdin: new InkStdin() as unknown as NodeJS.ReadStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
      isScreenReaderEnabled: false,
    });
    this.#ink.waitUntilExit().catch((error: unknown) => {
      if (!this.#ended) onFatal(error);
    });
  }

  /** Lays out anew; the rectangles of the live boxes, those on top last. */
  layOut(props: StructureProps): readonly (readonly [string, Rect])[] {
    this.#out.columns = props.cols;
    this.#out.rows = props.rows;
    this.#ink.rerender(this.#root(props));
    return this.#boxes.rects();
  }

  end(): void {
    this.#ended = true;
    this.#ink.unmount();
  }

  #root(props: StructureProps) {
    return <Root {...props} live={this.#boxes.register} />;
  }
}
