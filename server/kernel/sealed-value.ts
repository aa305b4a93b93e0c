import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { UserError } from "./errors.ts";

/** A secret as the database holds it: `sealed:<key id>:<nonce, ciphertext and tag in base64url>`. */
export type SealedText = string;

/** An AES-256 key. Its id is worked out from it, so that every process gives the same key the same name. */
export interface SealingKey {
  id: string;
  bytes: Buffer;
}

/** The keys of the installation, the newest first: that one seals, and each of them opens. Asked anew for each use. */
export type SealingKeys = () => readonly SealingKey[];

/** What was sealed cannot be read here; only what needs it fails. */
export class UnreadableSecretError extends UserError {
  override name = "UnreadableSecretError";
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A key from its 32 bytes in base64 or hex; null where the text is none. */
export function parseSealingKey(text: string): SealingKey | null {
  const encoding = /^[0-9a-f]{64}$/i.test(text) ? "hex" : "base64";
  if (encoding === "base64" && !/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, encoding);
  if (bytes.length !== keyBytes) return null;
  return {
    id: createHash("sha256").update("anytime sealing key\0").update(bytes).digest("hex").slice(0, 12),
    bytes,
  };
}

/** Seals with the newest key. `place` names where it will stand: moved elsewhere, it does not open. */
export function sealValue(keys: SealingKeys, text: string, place: string): SealedText {
  const [key] = keys();
  if (key === undefined) throw new UnreadableSecretError("There is no key to seal secrets with.");
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(boundTo(key, place));
  const sealed = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  return `sealed:${key.id}:${Buffer.concat(sealed).toString("base64url")}`;
}

/** Throws UnreadableSecretError, which says why and never what. */
export function openSealed(keys: SealingKeys, sealed: SealedText, place: string): string {
  const [form, id = "", content = ""] = sealed.split(":");
  if (form !== "sealed") throw new UnreadableSecretError("A stored secret is damaged.");
  const key = keys().find((candidate) => candidate.id === id);
  if (key === undefined) {
    throw new UnreadableSecretError(
      `A stored secret was sealed with the key ${id}, which this process does not have: give it back by ANYTIME_KEY or secrets.json.`,
    );
  }
  const bytes = Buffer.from(content, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundTo(key, place)).setAuthTag(bytes.subarray(-tagBytes));
    const opened = [decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()];
    return Buffer.concat(opened).toString("utf8");
  } catch {
    throw new UnreadableSecretError("A stored secret was changed, or is not where it was put: set it anew.");
  }
}

/** Whether the newest key sealed it. */
export function isSealedByNewest(keys: SealingKeys, sealed: SealedText): boolean {
  return sealed.split(":")[1] === keys()[0]?.id;
}

function boundTo(key: SealingKey, place: string): Buffer {
  return Buffer.from(`${key.id}\0${place}`);
}
