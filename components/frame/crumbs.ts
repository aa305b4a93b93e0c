import { paths } from "#components/paths.ts";
import type { Crumb } from "#components/ui/breadcrumbs.tsx";
import { entries } from "./entries.tsx";

type ServiceName = { slug: string; name: string };

/** Where a page stands, from its address alone, so that it is there with the first byte. */
export function crumbsOf(pathname: string, services: readonly ServiceName[]): Crumb[] {
  const [area, slug, part, number] = pathname
    .split("/")
    .filter((segment) => segment !== "")
    .map(decodeURIComponent);
  if (area === undefined) return [{ label: "Overview" }];
  const overview: Crumb = { label: "Overview", href: paths.overview() };
  if (area === "review" && slug !== undefined) {
    return [{ label: "Reviews", href: paths.reviews() }, { label: `Deployment ${slug}` }];
  }
  if (area === "incidents" && slug !== undefined) {
    return [{ label: "Incidents", href: paths.incidents() }, { label: `Incident ${slug}` }];
  }
  if (area !== "services") {
    const entry = entries.find((candidate) => candidate.href === `/${area}`);
    if (entry === undefined) return [overview];
    if (slug === undefined) return [{ label: entry.label }];
    return [{ label: entry.label, href: entry.href }, { label: partLabel(slug, undefined) }];
  }
  if (slug === undefined) return [overview, { label: "Services" }];
  if (slug === "new") return [overview, { label: "New service" }];
  const service = services.find((candidate) => candidate.slug === slug);
  const label = service?.name ?? slug;
  if (part === undefined) return [overview, { label }];
  return [overview, { label, href: paths.service(slug) }, { label: partLabel(part, number) }];
}

function partLabel(part: string, number: string | undefined): string {
  if (part === "audit") return "Audit log";
  if (part === "deployments") return number === undefined ? "Deployments" : `Deployment ${number}`;
  if (part === "instances") return number === undefined ? "Instances" : `Instance ${number}`;
  if (part === "releases") return number === undefined ? "Releases" : `Release #${number}`;
  return part.charAt(0).toUpperCase() + part.slice(1);
}
