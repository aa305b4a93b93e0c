import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { z } from "zod";
import { UserError } from "./errors.ts";

const schema = z.object({
  /** Signs sessions. */
  sessionSecret: z.string().min(32),
  /** Of the embedded PostgreSQL's superuser. */
  databasePassword: z.string().min(16),
  /** Of the role by which the processes use the embedded PostgreSQL. */
  applicationPassword: z.string().min(16),
  /** AES-256 key, base64: what is sealed without ANYTIME_KEY is sealed with it. */
  encryptionKey: z.string().length(44),
  /** The ones before it, the newest first: backups may still hold what they sealed. */
  olderEncryptionKeys: z.array(z.string().length(44)).default([]),
});
export type StoredSecrets = z.infer<typeof schema>;

/** Made before the processes had a role of their own. */
const olderSchema = schema.omit({ applicationPassword: true });

/** Reads the installation's secrets; the first call makes them, for the owner's eyes only. */
export function storedSecrets(file: string): StoredSecrets {
  if (!existsSync(file)) generate(file);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const found = parseJson(file);
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  const older = olderSchema.safeParse(found);
  if (older.success) return supplement(file, older.data);
  throw new UserError(
    `${file} is damaged. Restore it from a backup: without it, stored secrets cannot be read.`,
  );
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Written beside, then linked into place: a link fails where another process was first, and theirs is kept. */
function generate(file: string): void {
  const secrets: StoredSecrets = {
    sessionSecret: randomBytes(32).toString("base64url"),
    databasePassword: randomBytes(24).toString("base64url"),
    applicationPassword: randomBytes(24).toString("base64url"),
    encryptionKey: randomBytes(32).toString("base64"),
    olderEncryptionKeys: [],
  };
  const beside = writeBeside(file, secrets);
  try {
    linkSync(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(beside);
  }
}

/** Adds what an older file lacks. Renamed into place: a reader sees the old file or the new one. */
function supplement(file: string, older: z.infer<typeof olderSchema>): StoredSecrets {
  const secrets = { ...older, applicationPassword: randomBytes(24).toString("base64url") };
  renameSync(writeBeside(file, secrets), file);
  return secrets;
}

/** Puts a new key before the one that seals now, which stays to open what it sealed. */
export function rotateStoredKey(file: string): void {
  const before = storedSecrets(file);
  const secrets: StoredSecrets = {
    ...before,
    encryptionKey: randomBytes(32).toString("base64"),
    olderEncryptionKeys: [before.encryptionKey, ...before.olderEncryptionKeys],
  };
  renameSync(writeBeside(file, secrets), file);
}

function writeBeside(file: string, secrets: StoredSecrets): string {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return beside;
}
