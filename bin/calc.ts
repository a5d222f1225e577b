import { createReadStream } from "node:fs";
import { Command } from "commander";
import { EXIT, VoldeskError } from "../config/errors.ts";
import { answerLines } from "./calc/lines.ts";
import { american, forward, greeks, iv, type Operation, price, sabr, svi } from "./calc/operations.ts";
import type { Cli } from "./context.ts";

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly operation: Operation;
  readonly help: string;
}

const OPTION_KEYS = `Keys: type (call|put), S, K, T, r, q. T in years, r and q continuous per year, sigma per 1.00 (0.20 = 20 %).
q may be left out and is then 0. Instead of S and r: F (forward) and df (discount factor).`;

const ENTRIES: readonly Entry[] = [
  {
    name: "price",
    summary: "European price, Black-Scholes-Merton",
    operation: price,
    help: `${OPTION_KEYS} And sigma.
  in   {"type":"call","S":100,"K":105,"T":0.25,"r":0.02,"q":0.01,"sigma":0.2}
  out  {"price":2.1372305593227523}`,
  },
  {
    name: "greeks",
    summary: "European price and Greeks to third order",
    operation: greeks,
    help: `${OPTION_KEYS} And sigma.
Raw units: per share; vega, rho, rhoQ, vanna, zomma per 1.00; volga per 1.00 squared; theta, charm, veta, color per year as time passes.
  in   {"type":"put","S":100,"K":95,"T":0.5,"r":0.02,"q":0,"sigma":0.25}
  out  {"price":…,"delta":…,"gamma":…,"vega":…,"theta":…,"rho":…,"vanna":…,"volga":…,"charm":…,"rhoQ":…,"veta":…,"speed":…,"zomma":…,"color":…}`,
  },
  {
    name: "iv",
    summary: "implied volatility of a European price",
    operation: iv,
    help: `${OPTION_KEYS} And price; sigma0 (or the sigma of a previous answer) is a warm start.
The answer has a kind: ok, at_intrinsic, below_intrinsic, above_maximum, expired, bad_input.
  in   {"type":"call","S":100,"K":105,"T":0.25,"r":0.02,"q":0.01,"price":2.1372305593227523}
  out  {"kind":"ok","sigma":0.19999999999999987}`,
  },
  {
    name: "american",
    summary: "American price, early-exercise premium and Greeks, or implied volatility",
    operation: american,
    help: `${OPTION_KEYS} And sigma; with price instead of sigma the implied volatility.
Cash dividends: dividends (a list of {"t","amount"}), or one as tDiv and dividend; the spot drops by the amount at t (spot model).
  in   {"type":"put","S":100,"K":105,"T":0.5,"r":0.05,"q":0,"sigma":0.25}
  out  {"price":…,"european":…,"premium":…,"exerciseNow":false,"delta":…,…,"method":"boundary"}
  in   {"type":"call","S":100,"K":95,"T":0.5,"r":0.02,"q":0,"sigma":0.25,"dividends":[{"t":0.2,"amount":1.5}]}`,
  },
  {
    name: "forward",
    summary: "forward of one expiry by put-call parity",
    operation: forward,
    help: `Keys: S, T, df (or r), style (european|american), pairs (a list of {K, callBid, callAsk, putBid, putAsk}, null where there is
no quote), dividends as for american; fitDiscount true fits df as well (European, T above 0.25, six pairs or more).
American quotes lose their early-exercise premium first. residual is the spread of the pairs about F, in price.
  in   {"S":100,"T":0.25,"r":0.02,"style":"european","pairs":[{"K":100,"callBid":4.2,"callAsk":4.3,"putBid":3.7,"putAsk":3.8}]}
  out  {"kind":"ok","F":…,"df":…,"lower":…,"upper":…,"residual":…,"pairs":1,"borrow":…,"rounds":1}`,
  },
  {
    name: "sabr",
    summary: "SABR volatility, or a SABR fit",
    operation: sabr,
    help: `Keys: forward, T, alpha, beta, nu, rho, and strike or strikes. Hagan's lognormal formula.
With iv (a list, one per strike) instead of alpha, nu, rho: the least-squares fit for the given beta; weight is optional.
  in   {"forward":100,"T":0.5,"alpha":0.2,"beta":1,"nu":0.6,"rho":-0.4,"strikes":[90,100,110]}
  out  {"vol":[…,…,…]}`,
  },
  {
    name: "svi",
    summary: "raw SVI slice, its arbitrage checks, or an SVI fit",
    operation: svi,
    help: `Keys: T, a, b, rho, m, sigma, and k (log-moneyness, one or a list). Without k: the butterfly and wing verdicts.
With k and iv lists instead of a…sigma: the least-squares fit; weight is optional. With near and far (two slices): the calendar verdict.
  in   {"T":1,"a":0.04,"b":0.1,"rho":-0.3,"m":0,"sigma":0.2,"k":[-0.1,0,0.1]}
  out  {"w":[…],"w1":[…],"w2":[…],"iv":[…],"g":[…]}`,
  },
];

const AFTER = `
One JSON object per line in, one per line out, in order. A line that fails answers {"error":{"code","message"}} and the rest goes on.
An "id" on a line comes back on its answer. Not-a-number inputs are written "NaN", "Infinity", "-Infinity".
Exit code: 0 all lines were readable, 2 at least one was not (not JSON, a key missing or of the wrong type).

Examples:
  voldesk calc iv < quotes.ndjson > vols.ndjson
  echo '{"type":"call","S":100,"K":100,"T":1,"r":0,"q":0,"sigma":0.2}' | voldesk calc greeks`;

/** `voldesk calc …`: the pricing engines as a filter over lines of JSON. */
export function calcCommand(cli: Pick<Cli, "stdin" | "stdout" | "exitCode">): Command {
  const calc = new Command("calc")
    .description("Price, imply and fit: lines of JSON in, lines of JSON out")
    .addHelpText("after", AFTER);
  for (const { name, summary, operation, help } of ENTRIES) {
    calc
      .command(name)
      .summary(summary)
      .description(summary)
      .addHelpText("after", `\n${help}`)
      .argument("[file]", "file to read; standard input without it")
      .action(async (file: string | undefined) => {
        const input = file === undefined ? cli.stdin : createReadStream(file);
        const tally = await answerLines(input, cli.stdout, operation).catch((error: unknown) => {
          throw file !== undefined && isSystemError(error) ? unreadable(file) : error;
        });
        if (tally.closed) input.destroy();
        if (tally.unreadable > 0) cli.exitCode = EXIT.usage.code;
      });
  }
  return calc;
}

const isSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

const unreadable = (file: string): VoldeskError =>
  new VoldeskError(
    "CALC-006",
    "cannot be read",
    "Check the path, or give the lines on standard input.",
    file,
  );
