/** What the screen keeps beyond its own life. How and where is the business of whoever hands one in. */
export interface ScreenStore {
  /** Command lines, oldest first. */
  readonly history: readonly string[];
  addHistory(line: string): void;
}

/** Command lines kept. */
export const MAX_HISTORY = 500;

/** A line more, and the same line twice in a row once. */
export function withLine(history: readonly string[], line: string): readonly string[] {
  return history.at(-1) === line ? history : [...history, line].slice(-MAX_HISTORY);
}

/** A store that forgets when the screen ends. */
export function memoryStore(): ScreenStore {
  let history: readonly string[] = [];
  return {
    get history() {
      return history;
    },
    addHistory: (line) => {
      history = withLine(history, line);
    },
  };
}
