import type { About, Message } from "#server/domain/message.ts";

/**
 * The message for programs: a CDEvent (https://cdevents.dev, 0.6.0-draft) as the body, and CloudEvents' attributes as
 * headers in binary mode. What CDEvents has no word for is a custom event of this product's.
 */
export interface CloudEvent {
  headers: Record<string, string>;
  body: string;
}

const specversion = "0.6.0-draft";

export function cloudEvent(message: Message, portalUrl: string): CloudEvent {
  const { about } = message;
  const type = typeOf(message);
  const subject = about.service?.slug ?? about.environment?.slug ?? about.itemId;
  const event = {
    context: { specversion, id: message.id, source: portalUrl, type, timestamp: message.happenedAt },
    subject: { id: subject, source: portalUrl, ...subjectType(type), content: contentOf(about, type) },
    customData: {
      title: message.title,
      text: message.text,
      url: message.url,
      event: message.event,
      state: about.state,
      item: about.itemId,
      ...(about.service !== null && { service: about.service.slug }),
      ...(about.environment !== null && { environment: about.environment.slug }),
      ...(about.release !== null && { release: about.release }),
      ...Object.fromEntries(message.facts.map(({ name, value }) => [customKey(name), value])),
    },
    customDataContentType: "application/json",
  };
  return {
    headers: {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": message.id,
      "ce-source": portalUrl,
      "ce-type": type,
      "ce-subject": subject,
      "ce-time": message.happenedAt,
    },
    body: JSON.stringify(event),
  };
}

function typeOf({ event, about }: Message): string {
  if (about.environment !== null && about.service !== null && about.release !== null) {
    if (event === "live") return `dev.cdevents.service.${about.isFirst ? "deployed" : "upgraded"}.0.3.0`;
    if (event === "switched-back") return "dev.cdevents.service.rolledback.0.3.0";
  }
  return `dev.cdeventsx.anytime-${about.kind}.${about.state}.0.1.0`;
}

/** Of the events of CDEvents itself, the type says which subject it is. */
function subjectType(type: string): { type?: string } {
  return type.startsWith("dev.cdeventsx.") ? { type: type.split(".")[2] ?? "" } : {};
}

function contentOf({ service, environment, release }: About, type: string): Record<string, unknown> {
  if (type.startsWith("dev.cdeventsx.")) return {};
  return {
    environment: { id: environment?.slug ?? "" },
    // A package URL: https://github.com/package-url/purl-spec, type generic.
    artifactId: `pkg:generic/${service?.slug}@${release}`,
  };
}

function customKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]+/g, "-");
}
