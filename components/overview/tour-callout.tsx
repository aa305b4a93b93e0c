"use client";
import { useSyncExternalStore } from "react";
import { paths } from "#components/paths.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Callout } from "#components/ui/callout.tsx";
import type { OverviewService } from "./service-filter.tsx";

const key = "anytime-tour-seen";
const changed = "anytime-tour-seen-changed";

function subscribe(onChange: () => void): () => void {
  window.addEventListener(changed, onChange);
  return () => window.removeEventListener(changed, onChange);
}

function dismiss(): void {
  window.localStorage.setItem(key, "yes");
  window.dispatchEvent(new Event(changed));
}

/** What to try first, until it is dismissed or the tour is removed. */
export function TourCallout({ services }: { services: OverviewService[] }) {
  const isSeen = useSyncExternalStore(
    subscribe,
    () => window.localStorage.getItem(key) === "yes",
    () => false,
  );
  const tour = services.find((service) => service.isTour && !service.isBeingRemoved);
  const production = tour?.cells.at(-1);
  if (tour === undefined || production === undefined || isSeen) return null;
  return (
    <Callout
      title={`The tour: ${tour.name} is yours to try`}
      actions={
        <>
          <ButtonLink href={paths.service(tour.slug)} size="small">
            Open {tour.name}
          </ButtonLink>
          <Button size="small" variant="quiet" onClick={dismiss}>
            Hide this
          </Button>
        </>
      }
    >
      {production.live === null ? "It is being built, tested and released right now. " : "It is live at "}
      {production.live !== null && (
        <>
          <a href={production.links.url} className="link">
            {production.links.hostName}
          </a>
          , or{" "}
          <a href={production.links.pathUrl} className="link">
            by path
          </a>
          .{" "}
        </>
      )}
      Deploy a commit, promote it from staging to production, then switch production back. “Remove the tour”
      is in Settings.
    </Callout>
  );
}
