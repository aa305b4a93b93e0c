import { paths } from "#components/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

export default function Forbidden() {
  return (
    <div className="flex flex-col items-start gap-6">
      <PageHeader
        title="Your role does not allow this page"
        description="An administrator can change your role. Nothing was changed."
      />
      <ButtonLink href={paths.overview()} variant="primary">
        Go to the overview
      </ButtonLink>
    </div>
  );
}
