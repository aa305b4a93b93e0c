import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  tokenChecksumLength,
  tokenPrefix,
  tokenSecretLength,
  tokenStartLength,
} from "#server/domain/token-text.ts";
import { hashToken } from "./hash-token.ts";

/** What is stored of a token. */
export interface StoredTokenText {
  tokenHash: string;
  start: string;
}

/** A fresh token: shown once, then only its hash and first characters are known. */
export function newTokenText(): StoredTokenText & { token: string } {
  const secret = base62(BigInt(`0x${randomBytes(32).toString("hex")}`), tokenSecretLength);
  const body = tokenPrefix + secret;
  const token = body + checksumOf(body);
  return { token, tokenHash: hashToken(token), start: token.slice(0, tokenStartLength) };
}

/** Whether it can be a token at all: its form and checksum are right. */
export function isTokenText(text: string): boolean {
  const length = tokenPrefix.length + tokenSecretLength + tokenChecksumLength;
  if (text.length !== length || !text.startsWith(tokenPrefix)) return false;
  const body = text.slice(0, -tokenChecksumLength);
  return text.endsWith(checksumOf(body)) && /^[0-9A-Za-z]+$/.test(body.slice(tokenPrefix.length));
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), tokenChecksumLength);
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base62(number: bigint, length: number): string {
  let text = "";
  for (let rest = number; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text;
  return text.padStart(length, "0");
}
