import { serviceHostName, servicePathUrl, serviceUrl } from "#server/domain/host-names.ts";
import type { ServiceLinks } from "#server/domain/read-models.ts";

export function serviceLinks(
  serviceSlug: string,
  environmentSlug: string,
  installation: { routerPort: number },
): ServiceLinks {
  const { routerPort } = installation;
  const hostName = serviceHostName(serviceSlug, environmentSlug);
  return {
    url: serviceUrl(serviceSlug, environmentSlug, routerPort),
    pathUrl: servicePathUrl(serviceSlug, environmentSlug, routerPort),
    hostName,
    curl: `curl -H 'Host: ${hostName}' http://localhost:${routerPort}/`,
  };
}
