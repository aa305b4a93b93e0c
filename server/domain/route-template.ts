/**
 * What requests are counted by: the path with everything that names one thing of many left out, `/orders/81/items` as
 * `/orders/:id/items`. Services are not asked for their routes, so it is a guess, and the same guess everywhere.
 */
const mostSegments = 6;
const longestSegment = 40;
/** How many a service environment has at a router; what comes after those is counted as `otherRoutes`. */
export const mostRoutes = 100;
export const otherRoutes = "other";
/** Stands for all routes together where sums are kept; no route has no letter. */
export const allRoutes = "";

const wordPattern = /^[A-Za-z][A-Za-z_-]*$|^v\d{1,2}$|^\.well-known$/;
const filePattern = /^[^.]+(?:\.[^.]+)*\.([A-Za-z][A-Za-z0-9]{0,4})$/;

/** `target` is a path with or without its query. */
export function routeTemplate(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (path === "/" || path === "") return "/";
  const segments = path.split("/").slice(1);
  const kept = segments.slice(0, mostSegments).map(templateOf);
  return `/${kept.join("/")}${segments.length > mostSegments ? "/…" : ""}`;
}

function templateOf(segment: string): string {
  if (segment === "" || (segment.length <= longestSegment && wordPattern.test(segment))) return segment;
  const file = filePattern.exec(segment);
  return file === null ? ":id" : `:file.${file[1]?.toLowerCase()}`;
}
