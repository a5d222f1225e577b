/** `end` tells that a round is over. */
export const END = 3;

/** Reads a round and tells the seconds of CPU that this process took from the greeting to the end. */
export type Read = (url: string) => Promise<number>;

export function since(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/** What a reader of the bench of feeds does: each round it is told of is read and answered. */
export function answerRounds(read: Read): void {
  process.on("message", ({ port, round }: { port: number; round: number }) => {
    void read(`ws://127.0.0.1:${port}/${round}`).then((seconds) => process.send?.(seconds));
  });
  process.send?.(0);
}
