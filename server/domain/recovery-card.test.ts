import { expect, test } from "vitest";
import { badgesOf, spottedBy } from "./badges.ts";
import { timelineOf } from "./incident-timeline.ts";
import type { IncidentBrief, IncidentEventView, RecoveryCard } from "./incident-views.ts";
import { bestsOf } from "./recovery-bests.ts";
import { feltText, fixersOf, recoverySentence } from "./recovery-card.ts";
import { draftWriteUp, writeUpMarkdown } from "./write-up.ts";

const fix = {
  deploymentId: 129,
  kind: "roll-forward" as const,
  releaseNumber: 43,
  requestedByName: "Ana",
  isByPerson: true,
  authorName: "Bo",
};
const incident: IncidentBrief = {
  id: 7,
  serviceEnvironmentId: 1,
  serviceSlug: "hello",
  serviceName: "hello",
  team: "greeters",
  environmentSlug: "production",
  environmentName: "Production",
  state: "recovered",
  source: "person",
  title: "Nobody can pay",
  slowerThanMs: null,
  change: { deploymentId: 128, releaseNumber: 42 },
  releaseNumber: 42,
  beganAt: "2027-01-05T10:00:00.000Z",
  detectedAt: "2027-01-05T10:00:20.000Z",
  mitigatedAt: "2027-01-05T10:03:00.000Z",
  mitigation: "roll-forward",
  fix,
  fixLines: 4,
  recoveredAt: "2027-01-05T10:03:12.000Z",
  recoverySource: "rate",
  requests: 10_000,
  affected: 40,
  publishedAt: null,
};
const event = (kind: IncidentEventView["kind"], byName: string | null, text = ""): IncidentEventView => ({
  ...{ kind, byName, text, happenedAt: "2027-01-05T10:01:00.000Z" },
});
const events = [
  event("opened", "Cy", "Nobody can pay"),
  event("looking", "Ana"),
  event("note", "Bo", "It is the index."),
];
const card: RecoveryCard = { incident, events, thanks: [], wroteUp: true, actions: { done: 2, all: 2 } };
const kinds = (changed: RecoveryCard) => badgesOf(changed).map(({ kind }) => kind);

test("a recovery says how fast, how, by whom, and how many felt it", () => {
  const facts = { ...incident, recoveredAt: "2027-01-05T10:03:12.000Z" };
  expect(recoverySentence(facts)).toBe(
    "hello recovered in 3 m 12 s: rolled forward to #43 by Ana and Bo; 0.4 % of requests felt it.",
  );
  const back = { ...fix, kind: "switch-back" as const, releaseNumber: 41 };
  expect(recoverySentence({ ...facts, mitigation: "switch-back", fix: back, affected: 0 })).toBe(
    "hello recovered in 3 m 12 s: switched back to #41 by Ana; no request is known to have felt it.",
  );
  expect(recoverySentence({ ...facts, mitigation: "person", fix: null, requests: 0, affected: 0 })).toBe(
    "hello recovered in 3 m 12 s.",
  );
});

test("who wrote and who shipped are named once each, and a machine is nobody", () => {
  expect(fixersOf({ ...fix, authorName: "Ana" })).toEqual(["Ana"]);
  expect(fixersOf({ ...fix, isByPerson: false })).toEqual(["Bo"]);
  expect(fixersOf(null)).toEqual([]);
  expect(feltText({ requests: 100_000, affected: 3 })).toBe("less than 0.1 % of requests felt it");
});

test("badges are for what helped, and none where nobody felt it", () => {
  expect(kinds(card)).toEqual([
    ...[
      "first-to-notice",
      "under-five-minutes",
      "rolled-forward",
      "smallest-fix",
      "wrote-it-up",
      "never-again",
    ],
  ]);
  expect(spottedBy(card)).toBe("Cy");
  expect(kinds({ ...card, incident: { ...incident, affected: 0 } })).toEqual([]);
  const slow = {
    ...incident,
    recoveredAt: "2027-01-05T10:05:00.000Z",
    source: "verdict" as const,
    fixLines: 11,
  };
  expect(kinds({ ...card, incident: slow, wroteUp: false, actions: { done: 1, all: 2 } })).toEqual([
    "rolled-forward",
  ]);
});

test("what stands out of a month is felt by somebody, and of that month", () => {
  const since = new Date("2027-01-01T00:00:00Z");
  const other = {
    ...card,
    incident: { ...incident, id: 8, recoveredAt: "2027-01-05T10:01:00.000Z", fixLines: null },
  };
  const unfelt = {
    ...card,
    incident: { ...incident, id: 9, affected: 0, recoveredAt: "2027-01-05T10:00:01.000Z" },
  };
  expect(bestsOf([card, other, unfelt], since)).toEqual({
    fastestId: 8,
    noticedFirstId: 7,
    smallestFixId: 7,
  });
  expect(bestsOf([card], new Date("2027-02-01T00:00:00Z"))).toEqual({
    ...{ fastestId: null, noticedFirstId: null, smallestFixId: null },
  });
});

test("the timeline puts what was said and what deployments did in order, and names nobody beside a deployment", () => {
  const lines = timelineOf(events, [
    {
      ...{
        id: 128,
        kind: "deploy" as const,
        status: "succeeded" as const,
        releaseNumber: 42,
        isAttempt: false,
      },
      requestedAt: "2027-01-05T09:58:00.000Z",
      switchedAt: "2027-01-05T10:00:00.000Z",
      finishedAt: null,
    },
    {
      ...{
        id: 129,
        kind: "roll-forward" as const,
        status: "failed" as const,
        releaseNumber: null,
        isAttempt: true,
      },
      requestedAt: "2027-01-05T10:02:00.000Z",
      switchedAt: null,
      finishedAt: "2027-01-05T10:02:30.000Z",
    },
  ]);
  expect(lines.map(({ words, byName }) => [words, byName])).toEqual([
    ["Deploy asked for", null],
    ["#42 takes the traffic", null],
    ["Noticed", "Cy"],
    ["Looking", "Ana"],
    ["Note", "Bo"],
    ["Roll forward asked for", null],
    ["Roll forward failed", null],
  ]);
});

test("the draft tells what happened and what helped, and leaves what changes to people", () => {
  const draft = draftWriteUp(incident, events);
  expect(draft.whatHappened).toContain("It came with #42. 0.4 % of requests felt it.");
  expect(draft.whatHelped).toContain("- What ended it: rolled forward, thanks to Ana and Bo.");
  expect(draft.whatHelped).toContain("- It is the index.");
  expect(draft.whatWeChange).toBe("");
  const action = { text: "Add an index", ownerId: 1, ownerName: "Bo", dueOn: "2027-02-01", isDone: false };
  const markdown = writeUpMarkdown(incident, events, { ...draft, actions: [action] });
  expect(markdown).toContain("# Incident 7: hello in Production\n\nNobody can pay\n\n## What happened\n");
  expect(markdown).toContain("- [ ] Add an index, Bo, by 2027-02-01");
  expect(markdown).not.toContain("## What we change");
});
