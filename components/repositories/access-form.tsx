"use client";
import type { RequestProblem } from "#components/request-problem.ts";
import { Callout } from "#components/ui/callout.tsx";
import { parseGitUrl } from "#server/domain/git-url.ts";
import { DeployKeyForm } from "./deploy-key-form.tsx";
import { TokenForm } from "./token-form.tsx";

export type AccessFormProps = {
  repositoryUrl: string;
  /** What the repository said when it was last read. */
  problem: RequestProblem | null;
  isReading: boolean;
  /** A credential has been made: the repository can be read with it. */
  onReady: (credentialId: string) => void;
};

/** A deploy key for an ssh address, a token for an https one. */
export function AccessForm(props: AccessFormProps) {
  const { repositoryUrl, problem } = props;
  const address = parseGitUrl(repositoryUrl);
  return (
    <div className="flex max-w-2xl flex-col gap-5 pt-1">
      {problem !== null && (
        <Callout tone="attention" role="alert">
          {problem.message}
        </Callout>
      )}
      {address.ok && address.value.kind === "ssh" ? <DeployKeyForm {...props} /> : <TokenForm {...props} />}
    </div>
  );
}
