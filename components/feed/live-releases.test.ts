import { expect, test } from "vitest";
import type { PublicItem } from "#server/domain/public-item.ts";
import { afterItem, atAGlance } from "./live-releases.ts";

const environment = { slug: "production", name: "Production" };
const place = (slug: string, release: number | null, since: string | null) => ({
  service: { slug, name: slug },
  environment,
  release,
  since,
});
const item = (slug: string, release: number, endedAt: string, state = "live") =>
  ({ state, service: { slug, name: slug }, environment, release, endedAt }) as PublicItem;

test("what went live takes the place of what was, and of nothing else", () => {
  const live = [place("news", 7, "2026-03-01T10:00:00.000Z"), place("shop", null, null)];
  const next = afterItem(live, item("shop", 1, "2026-03-01T11:00:00.000Z"));
  expect(next).toEqual([live[0], place("shop", 1, "2026-03-01T11:00:00.000Z")]);
  expect(afterItem(next, item("shop", 2, "2026-03-01T12:00:00.000Z", "failed"))).toEqual(next);
  expect(afterItem(next, item("hats", 2, "2026-03-01T12:00:00.000Z"))).toEqual(next);
});

test("an older line that is told again changes nothing", () => {
  const live = [place("shop", 9, "2026-03-01T10:00:00.000Z")];
  expect(afterItem(live, item("shop", 8, "2026-03-01T09:00:00.000Z"))).toEqual(live);
});

test("of many the newest are seen, in the order in which all of them stand", () => {
  const many = Array.from({ length: 20 }, (_, index) =>
    place(`s${index}`, index, `2026-03-01T10:00:${String(index).padStart(2, "0")}.000Z`),
  );
  const { seen, others } = atAGlance([...many, place("empty", null, null)]);
  expect(seen.map(({ release }) => release)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(others.map(({ release }) => release)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
