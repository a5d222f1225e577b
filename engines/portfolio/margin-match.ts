/**
 * Reg-T requirement of the options on one underlying: which short is covered by what, chosen so that the sum is smallest.
 *
 * A short option is covered by stock, or by a long option of its type that expires no earlier; what is covered by longs needs the
 * largest loss of the covered set at expiry (one set per expiry of the shorts, so a condor needs its wider side only). What is left
 * is naked: value + max(rate x S − out-of-the-money amount, 10 % of S; of K for a put). Naked calls and puts pair to strangles: the
 * greater requirement + the value of the other. Sources: FINRA rule 4210(f)(2), Cboe Margin Manual.
 */

/** One line of contracts of a kind; `qty` > 0 contracts, money per contract. */
export interface OptionLine {
  readonly id: string;
  readonly call: boolean;
  readonly strike: number;
  readonly expiryUs: number;
  readonly qty: number;
  /** Mark x multiplier. */
  readonly value: number;
}
/** Options of one underlying, multiplier and deliverable. */
export interface MatchInput {
  readonly spot: number;
  readonly multiplier: number;
  /** 0.20, broad index 0.15. */
  readonly rate: number;
  readonly shorts: readonly OptionLine[];
  readonly longs: readonly OptionLine[];
  /** Shares held (+) or sold short (−), usable as cover in whole lots of `multiplier`. */
  readonly shares: number;
}
/** What one short is covered by; `cover` null is naked. */
export interface Pairing {
  readonly short: OptionLine;
  readonly cover: OptionLine | "stock" | null;
  readonly qty: number;
}
/** The pairing taken and what it needs. */
export interface MatchResult {
  readonly requirement: number;
  readonly pairings: readonly Pairing[];
  /** Money of the covered sets, the covered-by-stock lines and the naked ones; they add up to `requirement`. */
  readonly spreads: number;
  readonly stockCovered: number;
  readonly naked: number;
  /** Every integer allocation was looked at; else the best of the corner allocations. */
  readonly exact: boolean;
}

/** Bounds of one search: trials, and steps of arithmetic in all of them. */
export const MAX_TRIALS = 4_000;
export const MAX_STEPS = 400_000;

/** Naked requirement of one contract beyond its value. */
export function nakedExtra(o: OptionLine, spot: number, multiplier: number, rate: number): number {
  const out = Math.max(o.call ? o.strike - spot : spot - o.strike, 0);
  const floor = 0.1 * (o.call ? spot : o.strike);
  return Math.max(rate * spot - out, floor) * multiplier;
}

interface Edge {
  readonly short: number;
  /** Index of the long; −1 stock. */
  readonly cover: number;
}

interface Problem extends MatchInput {
  readonly edges: readonly Edge[];
  readonly lots: number;
}

function problemOf(m: MatchInput): Problem {
  const edges: Edge[] = [];
  m.shorts.forEach((s, i) => {
    m.longs.forEach((l, j) => {
      if (l.call === s.call && l.expiryUs >= s.expiryUs) edges.push({ short: i, cover: j });
    });
    // Last, so that of equal pairings the one that leaves the stock free is kept.
    if (s.call ? m.shares > 0 : m.shares < 0) edges.push({ short: i, cover: -1 });
  });
  return { ...m, edges, lots: Math.floor(Math.abs(m.shares) / m.multiplier) };
}

/** Largest loss at expiry of covered pairs, over all prices: piecewise linear and flat beyond the strikes, so 0 and the strikes do. */
function spreadLoss(p: Problem, amounts: readonly number[], expiryUs: number): number {
  const active: number[] = [];
  for (let k = 0; k < p.edges.length; k++) {
    const e = p.edges[k] as Edge;
    const s = p.shorts[e.short] as OptionLine;
    if (amounts[k] !== 0 && e.cover >= 0 && s.expiryUs === expiryUs) active.push(k);
  }
  const at = (spot: number) => {
    let loss = 0;
    for (const k of active) {
      const e = p.edges[k] as Edge;
      const gap =
        payoff(p.shorts[e.short] as OptionLine, spot) - payoff(p.longs[e.cover] as OptionLine, spot);
      loss += (amounts[k] as number) * gap;
    }
    return loss;
  };
  let worst = at(0);
  for (const k of active) {
    const e = p.edges[k] as Edge;
    worst = Math.max(
      worst,
      at((p.shorts[e.short] as OptionLine).strike),
      at((p.longs[e.cover] as OptionLine).strike),
    );
  }
  return worst * p.multiplier;
}

function payoff(o: OptionLine, spot: number): number {
  return Math.max(o.call ? spot - o.strike : o.strike - spot, 0);
}

interface NakedLine {
  left: number;
  readonly value: number;
  readonly total: number;
}

/** Naked lines with strangles: calls and puts meet in descending order of requirement. */
function nakedRequirement(p: Problem, left: readonly number[]): number {
  const lines = (call: boolean): NakedLine[] =>
    p.shorts
      .map((s, i) => ({ s, left: left[i] as number }))
      .filter((x) => x.s.call === call && x.left > 0)
      .map((x) => ({
        left: x.left,
        value: x.s.value,
        total: x.s.value + nakedExtra(x.s, p.spot, p.multiplier, p.rate),
      }))
      .sort((a, b) => b.total - a.total);
  const calls = lines(true);
  const puts = lines(false);
  let sum = 0;
  let [i, j] = [0, 0];
  while (i < calls.length || j < puts.length) {
    const c = calls[i];
    const q = puts[j];
    if (c !== undefined && q !== undefined) {
      const n = Math.min(c.left, q.left);
      sum += n * (c.total >= q.total ? c.total + q.value : q.total + c.value);
      c.left -= n;
      q.left -= n;
    } else {
      const alone = (c ?? q) as NakedLine;
      sum += alone.left * alone.total;
      alone.left = 0;
    }
    if (c !== undefined && c.left === 0) i++;
    if (q !== undefined && q.left === 0) j++;
  }
  return sum;
}

interface Costs {
  readonly spreads: number;
  readonly stockCovered: number;
  readonly naked: number;
}

function costsOf(p: Problem, amounts: readonly number[]): Costs {
  const left = p.shorts.map((s) => s.qty);
  let stockCovered = 0;
  p.edges.forEach((e, k) => {
    const n = amounts[k] as number;
    left[e.short] = (left[e.short] as number) - n;
    // The stock that covers an option in the money can be sold at the strike only.
    if (e.cover < 0) stockCovered += n * payoff(p.shorts[e.short] as OptionLine, p.spot) * p.multiplier;
  });
  let spreads = 0;
  for (const expiry of new Set(p.shorts.map((s) => s.expiryUs)))
    spreads += Math.max(0, spreadLoss(p, amounts, expiry));
  return { spreads, stockCovered, naked: nakedRequirement(p, left) };
}

const total = (c: Costs) => c.spreads + c.stockCovered + c.naked;

/** Covers that save most against being naked come first. Good where the search can't look at everything. */
function greedy(p: Problem): number[] {
  const saving = p.edges.map((e, k) => {
    const s = p.shorts[e.short] as OptionLine;
    const naked = s.value + nakedExtra(s, p.spot, p.multiplier, p.rate);
    const cover = p.longs[e.cover];
    const gap =
      cover === undefined ? payoff(s, p.spot) : s.call ? cover.strike - s.strike : s.strike - cover.strike;
    return { k, saved: naked - Math.max(0, gap) * p.multiplier };
  });
  saving.sort((a, b) => b.saved - a.saved || a.k - b.k);
  const shortLeft = p.shorts.map((s) => s.qty);
  const longLeft = p.longs.map((l) => l.qty);
  let lots = p.lots;
  const amounts = p.edges.map(() => 0);
  for (const { k, saved } of saving) {
    const e = p.edges[k] as Edge;
    const free = e.cover < 0 ? lots : (longLeft[e.cover] as number);
    const n = saved > 0 ? Math.min(shortLeft[e.short] as number, free) : 0;
    amounts[k] = n;
    shortLeft[e.short] = (shortLeft[e.short] as number) - n;
    if (e.cover < 0) lots -= n;
    else longLeft[e.cover] = (longLeft[e.cover] as number) - n;
  }
  return amounts;
}

/** Trials that keep a search within its bound of steps. */
function trialsOf(p: Problem): number {
  const lines = p.shorts.length + p.longs.length;
  return Math.min(MAX_TRIALS, Math.floor(MAX_STEPS / Math.max(1, p.edges.length + 2 * lines * lines)));
}

/** Walks allocations edge by edge, largest first; `corners` tries only all or nothing on each edge. */
function search(
  p: Problem,
  corners: boolean,
  unit: number,
): { amounts: number[]; best: Costs; complete: boolean } {
  const amounts = p.edges.map(() => 0);
  const shortLeft = p.shorts.map((s) => s.qty);
  const longLeft = p.longs.map((l) => l.qty);
  let lots = p.lots;
  const limit = trialsOf(p);
  let trials = 0;
  let kept = greedy(p);
  let best = costsOf(p, kept);
  const walk = (k: number): void => {
    if (trials >= limit) return;
    const e = p.edges[k];
    if (e === undefined) {
      trials++;
      const costs = costsOf(p, amounts);
      if (total(costs) < total(best) - 1e-9) {
        best = costs;
        kept = amounts.slice();
      }
      return;
    }
    const free = e.cover < 0 ? lots : (longLeft[e.cover] as number);
    const most = Math.min(shortLeft[e.short] as number, free);
    const step = corners ? Math.max(most, unit) : unit;
    for (let n = most; n >= 0; n -= step) {
      move(e, k, n);
      walk(k + 1);
      move(e, k, -n);
    }
  };
  const move = (e: Edge, k: number, n: number) => {
    amounts[k] = (amounts[k] as number) + n;
    shortLeft[e.short] = (shortLeft[e.short] as number) - n;
    if (e.cover < 0) lots -= n;
    else longLeft[e.cover] = (longLeft[e.cover] as number) - n;
  };
  walk(0);
  return { amounts: kept, best, complete: trials < limit };
}

/** Greatest step that all quantities are multiples of; 0 if they are not whole, then corners only. */
function unitOf(p: Problem): number {
  let g = 0;
  for (const q of [...p.shorts.map((s) => s.qty), ...p.longs.map((l) => l.qty), p.lots]) {
    if (!Number.isSafeInteger(q)) return 0;
    for (let [a, b] = [g, q]; ; [a, b] = [b, a % b]) {
      if (b === 0) {
        g = a;
        break;
      }
    }
  }
  return g;
}

/** Smallest requirement and the pairing that gives it. Deterministic: of equals the greedy pairing, then the first found. */
export function matchOptions(m: MatchInput): MatchResult {
  const p = problemOf(m);
  const unit = unitOf(p);
  const corner = search(p, true, unit > 0 ? unit : Number.MAX_VALUE);
  const full = unit > 0 ? search(p, false, unit) : null;
  const use = full !== null && total(full.best) <= total(corner.best) ? full : corner;
  const left = p.shorts.map((s) => s.qty);
  const pairings: Pairing[] = [];
  p.edges.forEach((e, k) => {
    const qty = use.amounts[k] as number;
    if (qty === 0) return;
    left[e.short] = (left[e.short] as number) - qty;
    const cover = e.cover < 0 ? "stock" : (p.longs[e.cover] as OptionLine);
    pairings.push({ short: p.shorts[e.short] as OptionLine, cover, qty });
  });
  p.shorts.forEach((short, i) => {
    if ((left[i] as number) > 0) pairings.push({ short, cover: null, qty: left[i] as number });
  });
  return { requirement: total(use.best), pairings, ...use.best, exact: full?.complete ?? false };
}
