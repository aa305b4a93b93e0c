import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import type { ButtonVariant } from "#components/ui/button-class.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { Action } from "#server/domain/read-models.ts";

export type ActionLinkProps = { action: Action; href: string; variant?: ButtonVariant; icon?: ReactNode };

/** A next step: a link where it is allowed, else greyed out with the reason. */
export function ActionLink({ action, href, variant, icon }: ActionLinkProps) {
  if (action.isAllowed) {
    return (
      <ButtonLink href={href} variant={variant} icon={icon}>
        {action.label}
      </ButtonLink>
    );
  }
  return (
    <Button
      variant={variant === "primary" ? "secondary" : variant}
      icon={icon}
      refusal={action.reason ?? "Not possible now."}
    >
      {action.label}
    </Button>
  );
}
