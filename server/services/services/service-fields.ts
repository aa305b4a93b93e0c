import { z } from "zod";
import { isRefName } from "#server/domain/git-url.ts";
import { type SettingsFileInput, settingsFileSchema, settingsFor } from "#server/domain/service-settings.ts";
import { settingsProblems } from "#server/domain/settings-problems.ts";
import { slugSchema } from "#server/domain/slug.ts";
import { teamNameSchema } from "#server/domain/team.ts";
import { ValidationError } from "#server/kernel/errors.ts";

const name = z.string().trim().min(1, "A name is needed.").max(100, "A name has at most 100 characters.");
const team = z
  .string()
  .trim()
  .transform((text) => (text === "" ? null : text))
  .pipe(teamNameSchema.nullable())
  .nullable();
const branch = z.string().refine(isRefName, "This is not a branch name.");

const settingsPath = z
  .string()
  .max(400)
  .regex(
    /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))(?:.+\/)?anytime\.yaml$/,
    "Name an anytime.yaml inside the repository.",
  )
  .default("anytime.yaml");

/** What may stand in each field; use them with `parseField`. */
export const serviceFields = { slug: slugSchema, name, team, defaultBranch: branch, settingsPath };

/** Checks settings typed into the portal, for each environment; the error's field is dotted below `typedSettings`. */
export function checkTypedSettings(typed: SettingsFileInput, environmentSlugs: readonly string[]): void {
  const result = settingsFileSchema.safeParse(typed);
  if (!result.success) {
    const [problem] = settingsProblems(result.error, typed);
    const field = problem?.field == null ? "typedSettings" : `typedSettings.${problem.field}`;
    throw new ValidationError(problem?.message ?? "These settings are not valid.", field);
  }
  for (const slug of environmentSlugs) {
    const resolved = settingsFor(result.data, slug);
    if (!resolved.ok) throw new ValidationError(resolved.problem, `typedSettings.${resolved.field}`);
  }
}
