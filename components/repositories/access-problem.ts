import type { RequestProblem } from "#components/request-problem.ts";
import { accessFields } from "#server/domain/repository-access.ts";

/** Whether a credential, or a host key's confirmation, is what is missing. */
export function isAccessProblem(problem: RequestProblem | null): boolean {
  return problem?.field === accessFields.credential || problem?.field === accessFields.hostKey;
}
