import { MapPinOff } from "lucide-react";
import { paths } from "#components/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { StandalonePage } from "#components/ui/standalone-page.tsx";

export default function NotFound() {
  return (
    <StandalonePage
      icon={<MapPinOff />}
      title="There is no such page"
      actions={
        <ButtonLink href={paths.overview()} variant="primary">
          Go to the overview
        </ButtonLink>
      }
    >
      The address may be mistyped, or what it showed has been removed. Nothing was changed.
    </StandalonePage>
  );
}
