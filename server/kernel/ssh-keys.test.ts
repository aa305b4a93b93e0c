import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishedHostKeys } from "#server/domain/repository-access.ts";
import { fingerprintOf, makeSshKeyPair } from "./ssh-keys.ts";

test("OpenSSH itself reads a pair that was made here, and finds both halves to belong together", () => {
  const folder = mkdtempSync(join(tmpdir(), "anytime-ssh-"));
  try {
    for (const comment of ["", "a", "anytime-deploy-key"]) {
      const { publicKey, privateKey } = makeSshKeyPair(comment);
      const file = join(folder, "key");
      writeFileSync(file, privateKey, { mode: 0o600 });
      const read = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
      expect(read.trim()).toBe(publicKey.trim());
      const shown = execFileSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" });
      expect(shown).toContain(fingerprintOf(publicKey));
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the host keys that are built in have the fingerprints that their operators publish", () => {
  const fingerprints = Object.entries(publishedHostKeys).map(([host, { key }]) => [host, fingerprintOf(key)]);
  expect(Object.fromEntries(fingerprints)).toEqual({
    "github.com": "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
    "gitlab.com": "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
    "bitbucket.org": "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
  });
});
