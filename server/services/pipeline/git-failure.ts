import { ValidationError } from "#server/kernel/errors.ts";

const causes: { sign: RegExp; text: string }[] = [
  {
    sign: /could not read (?:Username|Password)|Authentication failed|Permission denied|terminal prompts disabled|error: 40[13]/i,
    text:
      "It asks for credentials. Use its ssh address and give the key of the user that runs the portal " +
      "read access, or make the repository readable without signing in.",
  },
  {
    sign: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    text: "The server's ssh host key is not the one that this machine knows. Check ~/.ssh/known_hosts.",
  },
  {
    sign: /not found|does not appear to be a git repository|does not exist|No such file or directory/i,
    text: "There is no repository at this address, or it may not be read without credentials.",
  },
  {
    sign: /Could not resolve host|Connection refused|timed out|Network is unreachable|No route to host|unable to access|unable to connect/i,
    text: "It cannot be reached from this machine. Check the address and the network.",
  },
];

/** What Git said about a repository that it could not read, as an error at the field "repositoryUrl". */
export function repositoryProblem(stderr: string): ValidationError {
  const lines = stderr.split("\n").map((line) => line.trim());
  const first =
    lines.find((line) => /^(?:fatal|ssh|remote): ./.test(line)) ?? lines.find(Boolean) ?? "nothing";
  const said = first.replace(/^(?:fatal|remote): /, "").slice(0, 300);
  const cause = causes.find(({ sign }) => sign.test(stderr));
  return new ValidationError(
    cause === undefined ? `Git could not read the repository: ${said}` : `${cause.text} (Git said: ${said})`,
    "repositoryUrl",
  );
}
