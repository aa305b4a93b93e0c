import type { Metadata } from "next";
import { paths } from "#components/paths.ts";

/** For previews elsewhere and for readers of feeds: nothing that the page itself does not show. */
export function feedMetadata({
  title,
  description = "Every release, as it happens.",
  service,
  image,
}: {
  title: string;
  description?: string | undefined;
  service?: string | undefined;
  /** With its whole address: whoever shows the preview is elsewhere. */
  image?: { url: string; alt: string; width: number; height: number } | undefined;
}): Metadata {
  const short = description.length > 200 ? `${description.slice(0, 199)}…` : description;
  return {
    title: { absolute: title },
    description: short,
    openGraph: { type: "article", title, description: short, images: image },
    twitter: {
      card: image === undefined ? "summary" : "summary_large_image",
      title,
      description: short,
      images: image,
    },
    alternates: {
      types: {
        "application/rss+xml": paths.feedFile("rss", { service }),
        "application/atom+xml": paths.feedFile("atom", { service }),
        "application/feed+json": paths.feedFile("json", { service }),
      },
    },
  };
}
