/** More runs of every property test than its default: `VOLDESK_RUNS=5000 npx vitest run test/engines`. */
const runs = Number(process.env["VOLDESK_RUNS"] ?? 0);
if (runs > 0) {
  const { configureGlobal } = await import("fast-check");
  configureGlobal({ numRuns: runs });
}

export {};
