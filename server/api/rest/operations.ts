import { z } from "zod";
import { deploymentOperations } from "./deployment-operations.ts";
import { factOperations } from "./fact-operations.ts";
import { incidentOperations } from "./incident-operations.ts";
import { insightOperations } from "./insight-operations.ts";
import { openApiDocument } from "./open-api-document.ts";
import { type Operation, operation } from "./operation.ts";
import { reviewOperations } from "./review-operations.ts";
import { serviceOperations } from "./service-operations.ts";
import { telemetryOperations } from "./telemetry-operations.ts";

/** The whole REST API. */
export const operations: readonly Operation[] = [
  ...serviceOperations,
  ...deploymentOperations,
  ...reviewOperations,
  ...factOperations,
  ...incidentOperations,
  ...insightOperations,
  ...telemetryOperations,
  operation({
    id: "openApi",
    method: "GET",
    path: "/openapi.json",
    summary: "This description",
    needs: "none",
    about: "portal",
    answer: z.record(z.string(), z.unknown()),
    handle: async ({ portalUrl }) => openApiDocument(operations, portalUrl),
  }),
];
