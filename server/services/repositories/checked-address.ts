import { parseGitUrl } from "#server/domain/git-url.ts";
import { ValidationError } from "#server/kernel/errors.ts";

const words = {
  ssh: "A deploy key is for an ssh address, such as git@git.example.org:team/hello.git.",
  https: "A token is for an https address, such as https://git.example.org/team/hello.git.",
};

/** The address as it is stored. Throws ValidationError "repositoryUrl" where it is none of this kind. */
export function checkedAddress(url: string, kind: "ssh" | "https"): string {
  const parsed = parseGitUrl(url);
  if (!parsed.ok) throw new ValidationError(parsed.problem, "repositoryUrl");
  if (parsed.value.kind !== kind) throw new ValidationError(words[kind], "repositoryUrl");
  return url.trim();
}
