// `npm run soak [-- --nightly] [paths of tests]`: the long tests at their second or third size, and a line for each figure at the end.
import { spawnSync } from "node:child_process";

const LONG_TESTS = [
  "test/soak",
  "test/sim",
  "test/crash",
  "test/store/ledger",
  "test/brokers/paper",
  "test/engines/orders/gate.test.ts",
  "test/engines/portfolio/money-identity.test.ts",
  "test/screens/app/monkey.test.ts",
  "test/screens/orders/keys.test.ts",
];
const LOOP_MINUTES = "60";

const args = process.argv.slice(2);
const nightly = args.includes("--nightly");
const paths = args.filter((a) => a !== "--nightly");
const unknown = paths.find((a) => a.startsWith("-"));
if (unknown !== undefined) {
  console.error(`soak: ${unknown} is not known. Use --nightly, or paths of tests.`);
  process.exit(64);
}
const ran = spawnSync("npx", ["vitest", "run", ...(paths.length > 0 ? paths : LONG_TESTS)], {
  stdio: "inherit",
  env: { VOLDESK_SOAK: LOOP_MINUTES, ...process.env, VOLDESK_SIZE: nightly ? "nightly" : "soak" },
});
process.exit(ran.status ?? 1);
