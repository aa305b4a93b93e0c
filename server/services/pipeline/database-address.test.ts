import { expect, test } from "vitest";
import { driverAddress, isPostgresAddress } from "./database-address.ts";

test.each([
  ["postgres://shop:secret@db:5432/shop", { url: "postgres://shop:secret@db:5432/shop" }],
  ["postgres://db/shop?schema=public&connection_limit=5", { url: "postgres://db/shop" }],
  ["postgresql://db/shop?sslmode=require&pgbouncer=true", { url: "postgresql://db/shop?sslmode=require" }],
  [
    "postgres://shop@/shop?host=/var/run/postgresql",
    { url: "postgres://shop@/shop", host: "/var/run/postgresql" },
  ],
])("%s is what the driver understands of it", (address, expected) => {
  expect(isPostgresAddress(address)).toBe(true);
  expect(driverAddress(address)).toEqual(expected);
});

test.each(["", "mysql://db/shop", "host=db dbname=shop", "https://db/shop"])(
  "%j is no address",
  (address) => {
    expect(isPostgresAddress(address)).toBe(false);
  },
);
