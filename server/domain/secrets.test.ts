import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveSecrets, type SecretFacts, secretReasons } from "./secrets.ts";

const at = "2026-11-25T18:00:00.000Z";
const fact = (id: number, name = "KEY", revokedAt: string | null = null): SecretFacts => ({
  id,
  name,
  revokedAt,
});

test("a value that is not revoked is what it was, however many came after it", () => {
  expect(resolveSecrets({ KEY: 1 }, [fact(1), fact(2)])).toEqual({
    ids: { KEY: 1 },
    replaced: [],
    missing: [],
  });
});

test("the newest value that was set after a revoked one takes its place", () => {
  const known = [fact(1, "KEY", at), fact(2), fact(3), fact(4, "KEY", at), fact(5, "OTHER")];
  expect(resolveSecrets({ KEY: 1 }, known)).toMatchObject({ ids: { KEY: 3 }, replaced: [{ id: 1 }] });
});

test("an older value does not take the place of a revoked one", () => {
  expect(resolveSecrets({ KEY: 2 }, [fact(1), fact(2, "KEY", at)])).toMatchObject({
    ids: {},
    missing: [{ id: 2 }],
  });
});

test("it is said beforehand, with the release that ran with it", () => {
  const resolved = resolveSecrets({ A: 1, B: 2 }, [fact(1, "A", at), fact(2, "B", at), fact(3, "A")]);
  expect(secretReasons(resolved, { kind: "switch-back", releaseNumber: 41 })).toEqual([
    {
      weight: "stops",
      text: "The secret B was revoked on 25 Nov 2026, 18:00 UTC, and no value was set after it: set one first.",
    },
    {
      weight: "warns",
      text: "#41 ran with A as it was until 25 Nov 2026, 18:00 UTC, which is revoked: it starts with the newest value.",
    },
  ]);
});

const names = fc.constantFrom("A", "B", "C");
const history = fc
  .array(fc.record({ name: names, isRevoked: fc.boolean() }), { maxLength: 12 })
  .map((values) => values.map(({ name, isRevoked }, index) => fact(index + 1, name, isRevoked ? at : null)));

test("whatever was set and revoked: no revoked value is used, no value of another name, none older; nothing is lost", () => {
  fc.assert(
    fc.property(history, fc.dictionary(names, fc.integer({ min: 1, max: 12 })), (known, named) => {
      const { ids, missing } = resolveSecrets(named, known);
      for (const [name, id] of Object.entries(ids)) {
        const used = known.find((secret) => secret.id === id);
        expect(used).toMatchObject({ name, revokedAt: null });
        expect(id).toBeGreaterThanOrEqual(named[name] ?? 0);
      }
      expect([...Object.keys(ids), ...missing.map(({ name }) => name)].sort()).toEqual(
        Object.keys(named).sort(),
      );
      expect(resolveSecrets(ids, known)).toEqual({ ids, replaced: [], missing: [] });
    }),
  );
});
