import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/**
 * A self-signed certificate made at start, so that none is ever stored: X.509 v3 (RFC 5280) in DER (X.690), ECDSA on P-256 with SHA-256,
 * for localhost, 127.0.0.1 and ::1.
 */

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const n = body.length;
  if (n < 128) return Buffer.concat([Buffer.from([tag, n]), body]);
  const length = n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const seq = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.from([0]), value);

const ECDSA_SHA256 = seq(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = [0x55, 0x04, 0x03];
const ALT_NAMES = [0x55, 0x1d, 0x11];
const BASIC = [0x55, 0x1d, 0x13];

const nameOf = (common: string): Buffer =>
  seq(der(0x31, seq(oid(...COMMON_NAME), der(0x0c, Buffer.from(common)))));

/** UTCTime until 2049, as the standard wants it. */
const utcTime = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));

function extensions(): Buffer {
  const alt = seq(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array<number>(15).fill(0), 1])),
  );
  const authority = seq(der(0x01, Buffer.from([0xff])));
  return der(
    0xa3,
    seq(
      seq(oid(...ALT_NAMES), der(0x04, alt)),
      seq(oid(...BASIC), der(0x01, Buffer.from([0xff])), der(0x04, authority)),
    ),
  );
}

const DAY_MS = 86_400_000;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Valid from yesterday for a year. */
export function selfSigned(nowMs: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serial = randomBytes(12);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const name = nameOf("voldesk venue");
  const body = seq(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_SHA256,
    name,
    seq(utcTime(nowMs - DAY_MS), utcTime(nowMs + 365 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    extensions(),
  );
  const whole = seq(body, ECDSA_SHA256, bits(sign("sha256", body, privateKey)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}
