import { expect, test } from "vitest";
import { openPass, sealPass } from "./preview-pass.ts";

const key = new Uint8Array(32).fill(7);
const pass = { serviceEnvironmentId: 12, expiresAtMs: 60_000 };

test("a pass holds until its time is over, for what it was made for", () => {
  const sealed = sealPass(key, "grant", pass);
  expect(openPass(key, "grant", sealed, 59_999)).toEqual(pass);
  expect(openPass(key, "grant", sealed, 60_000)).toBeNull();
  expect(openPass(key, "entry", sealed, 0)).toBeNull();
});

test("a pass that anybody else has made or changed does not hold", () => {
  const sealed = sealPass(key, "grant", pass);
  const signature = sealed.split(".")[2] ?? "";
  const others = [
    sealPass(new Uint8Array(32).fill(8), "grant", pass),
    `13.60000.${signature}`,
    `12.90000.${signature}`,
    `12.60000.${signature.slice(1)}`,
    `12.60000.${signature}=`,
    `012.60000.${signature}`,
    `12.60000.${"A".repeat(43)}`,
    ...["", "12.60000.", "12.60000", "a.b.c"],
  ];
  for (const other of others) expect([other, openPass(key, "grant", other, 0)]).toEqual([other, null]);
});
