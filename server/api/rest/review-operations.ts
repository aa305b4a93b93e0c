import { z } from "zod";
import { errorChanges } from "#server/domain/error-change.ts";
import { signalSources } from "#server/domain/signal-source.ts";
import { findSuspects } from "#server/flows/find-suspects.ts";
import { readReviewErrors } from "#server/flows/read-release-errors.ts";
import { operation } from "./operation.ts";

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime().describe("ISO 8601, in UTC");
const frequency = z.object({
  count: z.int(),
  perThousand: z
    .number()
    .nullable()
    .describe("Of a thousand requests of the release; null where none were counted"),
});

const suspectsAnswer = z.object({
  previousRelease: z.int().nullable().describe("The release that was live before; null where none was"),
  items: z.array(
    z.object({
      sha: z.string(),
      subject: z.string(),
      committedAt: moment,
      reasons: z.array(z.string()).describe("What speaks for it; none where nothing does"),
      url: z.url().nullable().describe("What it changes, at the repository's host"),
    }),
  ),
  total: z.int().describe("Commits that were looked at; the first twenty are told"),
  problem: z.string().nullable().describe("Why there are none"),
});

const errorsAnswer = z.object({
  source: z.enum(signalSources).nullable().describe("Who told of them; null where nobody told of any"),
  from: moment,
  to: moment,
  items: z.array(
    z.object({
      type: z.string(),
      message: z.string(),
      culprit: z.string().nullable().describe("File and function that it is thought to come from"),
      change: z.enum(errorChanges),
      firstRelease: z.int().nullable().describe("The release that told of it first"),
      firstSeenAt: moment,
      lastSeenAt: moment,
      ofNew: frequency,
      ofOld: frequency.nullable(),
    }),
  ),
  total: z.int().describe("All kinds of errors in this time; the first hundred are told"),
});

export const reviewOperations = [
  operation({
    id: "listSuspects",
    method: "GET",
    path: "/deployments/{id}/suspects",
    summary: "The commits that a watched deployment brought, those to look at first before the others",
    needs: "read",
    about: "deployment",
    params: z.object({ id }),
    answer: suspectsAnswer,
    async handle({ verb, installation }, input) {
      const { commits, previousNumber, total, problem } = await findSuspects(verb, input.id, installation);
      return { previousRelease: previousNumber, items: commits, total, problem };
    },
  }),
  operation({
    id: "listReviewErrors",
    method: "GET",
    path: "/deployments/{id}/errors",
    summary: "What was told of errors while a deployment is watched, new ones first",
    needs: "read",
    about: "deployment",
    params: z.object({ id }),
    answer: errorsAnswer,
    async handle({ verb, installation }, input) {
      const { errors, ...rest } = await readReviewErrors(verb, input.id, installation);
      return {
        ...rest,
        items: errors.map(({ firstReleaseNumber, ...error }) => ({
          ...error,
          firstRelease: firstReleaseNumber,
        })),
      };
    },
  }),
];
