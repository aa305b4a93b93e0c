import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadEnvironment } from "./env.ts";
import { isSealedByNewest, openSealed, parseSealingKey, type SealingKey, sealValue } from "./sealed-value.ts";
import { sealingKeys } from "./sealing-keys.ts";
import { rotateStoredKey, storedSecrets } from "./stored-secrets.ts";

function makeKey(): SealingKey {
  const key = parseSealingKey(randomBytes(32).toString("base64"));
  if (key === null) throw new Error("Not a key.");
  return key;
}
const [first, second] = [makeKey(), makeKey()];
const keys =
  (...held: SealingKey[]) =>
  () =>
    held;

test("what is sealed opens in its place, and the same text never looks the same twice", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (text, place) => {
      const wellFormed = text.toWellFormed();
      const sealed = sealValue(keys(first), wellFormed, place);
      expect(openSealed(keys(second, first), sealed, place)).toBe(wellFormed);
      expect(sealValue(keys(first), wellFormed, place)).not.toBe(sealed);
      if (wellFormed.length > 5) expect(sealed).not.toContain(wellFormed);
    }),
  );
});

test("it opens nowhere else, with no other key, and not with any one character changed", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (text, position) => {
      const sealed = sealValue(keys(first), text, "a/1");
      expect(() => openSealed(keys(first), sealed, "a/2")).toThrow("is not where it was put");
      expect(() => openSealed(keys(second), sealed, "a/1")).toThrow(first.id);
      expect(() => openSealed(keys(), sealed, "a/1")).toThrow(first.id);
      const content = sealed.lastIndexOf(":") + 1;
      // The last character may hold bits that mean nothing.
      const at = content + (position % (sealed.length - content - 1));
      const other = sealed[at] === "A" ? "B" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => openSealed(keys(first), changed, "a/1")).toThrow("was changed");
    }),
  );
});

test("nothing that is no sealed value opens, and nobody is told what is in it", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => openSealed(keys(first), text, "a")).toThrow(/^A stored secret/);
      expect(() => openSealed(keys(first), `sealed:${first.id}:${text}`, "a")).toThrow(/^A stored secret/);
    }),
  );
});

test("a key is 32 bytes in base64 or hex, and each way of writing it is the same key", () => {
  const bytes = randomBytes(32);
  const { id } = parseSealingKey(bytes.toString("hex")) ?? {};
  expect(parseSealingKey(bytes.toString("base64"))?.id).toBe(id);
  expect(parseSealingKey(bytes.toString("base64url"))?.id).toBe(id);
  for (const wrong of ["", "short", "0".repeat(63), randomBytes(31).toString("base64"), "!".repeat(44)]) {
    expect(parseSealingKey(wrong)).toBeNull();
  }
});

test("keys of the environment come before the folder's own, and a wrong one is refused without being repeated", () => {
  const [newer, older] = [randomBytes(32).toString("base64"), randomBytes(32).toString("hex")];
  const { sealingKeys: read } = loadEnvironment({ ANYTIME_KEY: `${newer}, ${older}` });
  expect(read.map((key) => key.id)).toEqual([parseSealingKey(newer)?.id, parseSealingKey(older)?.id]);
  expect(() => loadEnvironment({ ANYTIME_KEY: "not-a-key" })).toThrow(/ANYTIME_KEY: is 32 bytes/);
  expect(() => loadEnvironment({ ANYTIME_KEY: "not-a-key" })).not.toThrow(/not-a-key/);
});

test("a rotated key seals at once in every process, and the one before it still opens", () => {
  const folder = mkdtempSync(join(tmpdir(), "anytime-keys-"));
  try {
    const file = join(folder, "secrets.json");
    const held = sealingKeys({ sealingKeys: [] }, file);
    const sealed = sealValue(held, "secret", "a");
    const { encryptionKey } = storedSecrets(file);
    rotateStoredKey(file);
    expect(storedSecrets(file)).toMatchObject({ olderEncryptionKeys: [encryptionKey] });
    expect(isSealedByNewest(held, sealed)).toBe(false);
    expect(openSealed(held, sealed, "a")).toBe("secret");
    expect(isSealedByNewest(held, sealValue(held, "secret", "a"))).toBe(true);
    expect(readFileSync(file, "utf8")).toContain("sessionSecret");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
