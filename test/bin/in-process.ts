import { PassThrough } from "node:stream";
import type { Cli } from "../../bin/context.ts";
import { run, wholeTree } from "../../bin/program.ts";
import { codeOf } from "../../config/errors.ts";

export interface Said {
  readonly out: string;
  readonly code: number;
  readonly error: string | null;
}

/** The program's commands without a process of their own, in a home folder: quick where there is much to run. */
export function commandsIn(home: () => string): (...argv: string[]) => Promise<Said> {
  return async (...argv) => {
    const stdout = new PassThrough();
    const cli: Cli = {
      env: {},
      home: home(),
      cwd: process.cwd(),
      root: process.cwd(),
      stdin: process.stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      globals: {},
      exitCode: 0,
      tree: () => wholeTree(cli),
    };
    let error: string | null = null;
    const parts: Buffer[] = [];
    stdout.on("data", (d: Buffer) => parts.push(d));
    try {
      await run(cli, argv);
    } catch (e) {
      error = codeOf(e) ?? String(e);
    }
    await new Promise((done) => setImmediate(done));
    return { out: Buffer.concat(parts).toString("utf8"), code: cli.exitCode, error };
  };
}
