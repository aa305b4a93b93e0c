import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadEnvironment } from "./env.ts";
import { sealingKeys } from "./sealing-keys.ts";
import { secretsOf } from "./secrets-of.ts";
import { storedSecrets } from "./stored-secrets.ts";

const key = Buffer.alloc(32, "own sealing key");

test("whatever of its own a worker's environment and its data folder hold is hidden in all output", () => {
  const folder = mkdtempSync(join(tmpdir(), "anytime-secrets-"));
  try {
    const settings = loadEnvironment({
      ANYTIME_ADMIN_PASSWORD: "an admin's password",
      DATABASE_URL: "postgres://anytime:application%20password@127.0.0.1/anytime",
      ANYTIME_OWNER_DATABASE_URL: "postgres://owner:the-owner-password@127.0.0.1/anytime",
      ANYTIME_S3_BUCKET: "artifacts",
      ANYTIME_S3_ACCESS_KEY_ID: "known to all",
      ANYTIME_S3_SECRET_ACCESS_KEY: "secret access key",
      ANYTIME_KEY: key.toString("base64"),
      ANYTIME_PREVIEW_SECRET: "a secret of portal and routers only",
    });
    const file = join(folder, "secrets.json");
    const stored = storedSecrets(file);
    expect(secretsOf(settings, sealingKeys(settings, file)(), stored)).toEqual(
      expect.arrayContaining([
        "an admin's password",
        "application password",
        "the-owner-password",
        "secret access key",
        "a secret of portal and routers only",
        key.toString("base64"),
        key.toString("hex"),
        stored.encryptionKey,
        stored.sessionSecret,
        stored.databasePassword,
        stored.applicationPassword,
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
