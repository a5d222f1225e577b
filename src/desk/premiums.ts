import type { OptionInstrument, Slot } from "../../engines/market/index.ts";
import {
  americanPremium,
  PREMIUM_MAX_AGE_US,
  PREMIUM_MAX_MOVE,
  type Premium,
} from "../../engines/pricing/index.ts";

/** What a premium is asked for: the market of one contract at one instant. */
interface At {
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  readonly yield: number;
  readonly sigma: number;
  readonly nowUs: number;
}

interface Cached {
  readonly premium: Premium;
  readonly spot: number;
  readonly sigma: number;
  readonly atUs: number;
}

const NONE: Premium = { value: 0, delta: 0, gamma: 0 };

/**
 * Early-exercise premium of American contracts, kept per slot with its slope and bend in S: worked out anew when a second of session
 * time has passed, the spot moved 0.5 % or time ran backwards (contracts section 5), and carried along the slope in between.
 */
export class PremiumBySlot {
  private readonly kept = new Map<Slot, Cached>();

  at(slot: Slot, option: OptionInstrument, now: At): Premium {
    if (option.style !== "american" || now.years === 0) return NONE;
    const cached = this.fresh(slot, now) ?? this.renew(slot, option, now);
    const d = now.spot - cached.spot;
    const { value, delta, gamma } = cached.premium;
    return { value: Math.max(0, value + d * (delta + 0.5 * d * gamma)), delta: delta + d * gamma, gamma };
  }

  /** The vol that the slot's premium was last worked out with. */
  sigmaOf(slot: Slot): number | null {
    return this.kept.get(slot)?.sigma ?? null;
  }

  private fresh(slot: Slot, now: At): Cached | null {
    const cached = this.kept.get(slot);
    if (!cached) return null;
    const age = Math.abs(now.nowUs - cached.atUs);
    return age < PREMIUM_MAX_AGE_US && Math.abs(now.spot / cached.spot - 1) < PREMIUM_MAX_MOVE
      ? cached
      : null;
  }

  private renew(slot: Slot, option: OptionInstrument, now: At): Cached {
    const premium = { ...NONE };
    const w = option.type === "C" ? 1 : -1;
    americanPremium(w, now.spot, option.strike, now.years, now.rate, now.yield, now.sigma, premium);
    const cached = { premium, spot: now.spot, sigma: now.sigma, atUs: now.nowUs };
    this.kept.set(slot, cached);
    return cached;
  }
}
