import fc from "fast-check";
import { expect, test } from "vitest";
import { isCard, scrubText } from "./scrub-text.ts";

test.each([
  ["No user ada.lovelace+x@example.co.uk", "No user [e-mail]"],
  ["No user zoë%40example.com", "No user [e-mail]"],
  ["refused by 10.1.2.3:5432", "refused by [address]:5432"],
  ["refused by 2001:db8::1f and ::1", "refused by [address] and [address]"],
  ["card 4111 1111 1111 1111 was declined", "card [number] was declined"],
  ["call +49 170 1234567", "call [number]"],
  ["account 1234567890", "account [number]"],
  ["Authorization: Bearer abc.def-123456", "Authorization: [removed] [token]"],
  ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl end", "jwt [token] end"],
  ["login failed: password=hunter2, user 7", "login failed: password=[removed], user 7"],
  [`{"apiKey": "a b c", "n": 1}`, `{"apiKey": [removed], "n": 1}`],
  ["DB_PASSWORD='x y'", "DB_PASSWORD=[removed]"],
  ["Cookie: a=1; b=2", "Cookie: [removed]"],
  ["GET https://ada:pw@shop.example/a/b?token=1#x failed", "GET https://shop.example/a/b?… failed"],
  ["postgres://shop:p@ss@db.internal/shop", "postgres://db.internal/shop"],
  ["key sk_live_0123456789abcdef", "key [token]"],
  ["AKIAIOSFODNN7EXAMPLE", "[token]"],
  ["Key (name)=(Ada Lovelace) already exists", "Key (name)=([removed]) already exists"],
  ["-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "[key]"],
  [`id ${"0123456789abcdef".repeat(4)}`, "id [token]"],
  ["DE89 3704 0044 0532 0130 00", "[number]"],
])("%s", (text, scrubbed) => {
  expect(scrubText(text)).toBe(scrubbed);
});

test.each([
  "Cannot read properties of undefined (reading 'price')",
  "order 81 of 2026-11-27T13:52:48Z took 12:34:56",
  "std::bad_alloc in Shop::Cart at src/cart.ts:31:5",
  "no release 550e8400-e29b-41d4-a716-446655440000",
  "express@4.18.2 needs node 20.1.0",
  "a_very_long_name_of_a_function_that_nobody_would_take_for_a_token",
])("%s stays as it is", (text) => {
  expect(scrubText(text)).toBe(text);
});

test("a card is told by its check digit", () => {
  expect(isCard("4111111111111111")).toBe(true);
  expect(isCard("4111111111111112")).toBe(false);
});

test("whatever stands around it, an address or a password does not come through", () => {
  const around = fc.string({ maxLength: 60 });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const scrubbed = scrubText(`${before} ada.secret@example.com password=hunter-secret ${after}`);
      expect(scrubbed).not.toContain("ada.secret");
      expect(scrubbed).not.toContain("hunter-secret");
    }),
  );
});

const units = [
  "a",
  "A1",
  "@",
  ".",
  "-",
  "_",
  ":",
  "://",
  " ",
  "1",
  "ey",
  "eyJ",
  "password=",
  "'",
  '"',
  "Key (a)=(",
  "%40",
  "é",
  "\0",
];

test("it is no longer than asked for, and reads its own output as it is", () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...units), fc.string({ maxLength: 4 })), { maxLength: 600 });
  fc.assert(
    fc.property(text, (parts) => {
      const scrubbed = scrubText(parts.join(""), 200);
      expect(scrubbed.length).toBeLessThanOrEqual(200);
      expect(scrubbed).not.toContain("\0");
      expect(scrubbed.isWellFormed()).toBe(true);
    }),
  );
});
