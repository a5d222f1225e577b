import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { intent } from "../../bench/orders.ts";
import { LedgerClient } from "../../src/shell/ledger-client.ts";
import type { OrderLog } from "../../src/shell/order-log.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import { removeFolder } from "../harness/folders.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-ledger-"));
});
afterEach(() => removeFolder(dir));

it("a desk that ends has all its records on disk and gives its lock back, though nobody waited for them", async () => {
  const path = join(dir, "ledger.sqlite");
  const open = (): Promise<OrderLog> =>
    new Promise((opened, failed) => {
      LedgerClient.open({ path, accounts: null }, (log) => ("append" in log ? opened(log) : failed(log)));
    });
  const log = await open();
  for (let n = 1; n <= 100; n++) log.append(intent(n), () => undefined);
  await log.close();
  // Again: it is closed already.
  await log.close();
  const file = LedgerFile.read(path);
  expect(file.load().records).toHaveLength(100 * intent(1).length);
  file.close();
  const next = await open();
  expect(next.readOnly).toBeNull();
  await next.close();
});
