import { z } from "zod";
import { factStates, reportedFacts } from "#server/domain/conditions.ts";
import { readCommitFacts } from "#server/flows/read-commit-facts.ts";
import { reportFact } from "#server/services/conditions/report-fact.ts";
import { slug, text } from "../schemas.ts";
import { factAnswer } from "./answers.ts";
import { operation } from "./operation.ts";

const params = z.object({ slug, sha: text.describe("The whole SHA of the commit") });

export const factOperations = [
  operation({
    id: "listFacts",
    method: "GET",
    path: "/services/{slug}/commits/{sha}/facts",
    summary: "What machines reported last about a commit",
    needs: "read",
    about: "service",
    params,
    answer: z.object({ items: z.array(factAnswer) }),
    async handle({ verb }, { slug: serviceSlug, sha }) {
      return { items: await readCommitFacts(verb, { serviceSlug, sha }) };
    },
  }),
  operation({
    id: "reportFact",
    method: "POST",
    path: "/services/{slug}/commits/{sha}/facts",
    summary: "Report that CI passed, or that a commit was reviewed; the newest report on a fact counts",
    needs: "reportFacts",
    about: "service",
    params,
    body: z.strictObject({
      fact: z.enum(reportedFacts),
      state: z.enum(factStates),
      url: text.nullish().describe("Where to read more; https"),
    }),
    answer: factAnswer,
    status: 201,
    handle: ({ verb }, { slug: serviceSlug, ...report }) => reportFact(verb, { serviceSlug, ...report }),
  }),
];
