"use client";
import { CloudAlert } from "lucide-react";
import { paths } from "#components/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { StandalonePage } from "#components/ui/standalone-page.tsx";

/** `digest` is the id under which the server logged it. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <StandalonePage
      icon={<CloudAlert />}
      title="This page could not be shown"
      actions={
        <>
          <Button variant="primary" onClick={reset}>
            Try this page again
          </Button>
          <ButtonLink href={paths.overview()}>Go to the overview</ButtonLink>
        </>
      }
    >
      Deployments and traffic are not affected: they do not need this page.
      {error.digest !== undefined && <> The log has more under {error.digest}.</>}
    </StandalonePage>
  );
}
