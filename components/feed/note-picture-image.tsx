import { paths } from "#components/paths.ts";
import type { NotePicture } from "#server/domain/picture.ts";

/** In pixels: a picture is part of a page that is read. */
const mostHeight = 420;

/** A note's picture, in the place that it will take: nothing moves when it arrives. */
export function NotePictureImage({ picture }: { picture: NotePicture }) {
  const { id, description, width, height } = picture;
  const share = Math.min(1, mostHeight / height);
  return (
    // biome-ignore lint/performance/noImgElement: it is served as it is, by the portal itself.
    <img
      src={paths.notePicture(id)}
      alt={description}
      width={Math.round(width * share)}
      height={Math.round(height * share)}
      loading="lazy"
      decoding="async"
      className="mt-1 rounded-lg border bg-sunken"
    />
  );
}
