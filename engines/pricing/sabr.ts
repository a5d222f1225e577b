/** Parameters of the SABR model for one expiry: dF = a F^beta dW, da = nu a dZ, dW dZ = rho dt, a(0) = alpha. */
export interface SabrParams {
  /** > 0, in units of F^(1-beta). */
  readonly alpha: number;
  /** In [0, 1]. */
  readonly beta: number;
  /** >= 0, per 1.00 and root year. */
  readonly nu: number;
  /** In (-1, 1). */
  readonly rho: number;
}

/** Are these SABR parameters in the model's domain? */
export function sabrValid(p: SabrParams): boolean {
  return (
    p.alpha > 0 &&
    p.alpha < Infinity &&
    p.beta >= 0 &&
    p.beta <= 1 &&
    p.nu >= 0 &&
    p.nu < Infinity &&
    p.rho > -1 &&
    p.rho < 1
  );
}

/**
 * z / x(z) with x(z) = ln((sqrt(1 - 2 rho z + z^2) + z - rho) / (1 - rho)), free of cancellation for every z: the argument of the
 * logarithm is written as 1 + u, and negative z by the symmetry x(z; rho) = -x(-z; -rho). Tends to 1 at z = 0.
 */
function zOverX(z: number, rho: number): number {
  const a = Math.abs(z);
  if (a < 1e-290) return 1;
  const r = z < 0 ? -rho : rho;
  const root = Math.sqrt((1 - a) * (1 - a) + 2 * a * (1 - r));
  const u = a <= 1 ? (2 * a) / (root + 1 - a) : (root + a - 1) / (1 - r);
  return a / Math.log1p(u);
}

/**
 * Lognormal SABR volatility of Hagan, Kumar, Lesniewski and Woodward (2002), formula (2.17): the denominator series to the fourth
 * power of ln(F/K), no shift. Per 1.00. Good to a few ulp at K = F and for nu near 0. Returns null outside F > 0, K > 0, T >= 0
 * and the model's domain, or where the expansion itself is not positive (very long T with large nu).
 */
export function sabrVol(forward: number, strike: number, t: number, p: SabrParams): number | null {
  if (!(forward > 0 && forward < Infinity && strike > 0 && strike < Infinity && t >= 0 && t < Infinity))
    return null;
  if (!sabrValid(p)) return null;
  const v = hagan(forward, strike, t, p.alpha, p.beta, p.nu, p.rho);
  return v > 0 && v < Infinity ? v : null;
}

/** The bare formula of {@link sabrVol}, unchecked: the fit calls it in its inner loop. */
export function hagan(
  forward: number,
  strike: number,
  t: number,
  alpha: number,
  beta: number,
  nu: number,
  rho: number,
): number {
  const c = 1 - beta;
  const log = Math.log(forward / strike);
  const fkHalf = c === 0 ? 1 : (forward * strike) ** (c / 2);
  const l2 = c * c * log * log;
  const series = 1 + l2 / 24 + (l2 * l2) / 1920;
  const z = (nu / alpha) * fkHalf * log;
  const time =
    (c * c * alpha * alpha) / (24 * fkHalf * fkHalf) +
    (rho * beta * nu * alpha) / (4 * fkHalf) +
    ((2 - 3 * rho * rho) / 24) * nu * nu;
  return (alpha / (fkHalf * series)) * zOverX(z, rho) * (1 + time * t);
}
