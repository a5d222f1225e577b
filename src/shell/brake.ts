/** Words of the shared memory: kills asked for, kills carried out. */
const ASKED = 0;
const DONE = 1;

/**
 * The kill key's own wire. A screen pulls it when the key is pressed, and who sends looks at it right before: so nothing goes out from that moment
 * on, however long the desk's thread is at something else. The command comes behind by the mail box and is what records and cancels.
 */
export class Brake {
  private readonly words: Int32Array;

  constructor(readonly shared: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.words = new Int32Array(shared);
  }

  /** Once for each kill that is asked of the desk. */
  pull(): void {
    Atomics.add(this.words, ASKED, 1);
  }

  /** Once for each kill that the desk has carried out: from there on its own record says what may be sent. */
  done(): void {
    Atomics.add(this.words, DONE, 1);
  }

  get pulled(): boolean {
    return Atomics.load(this.words, ASKED) !== Atomics.load(this.words, DONE);
  }
}
