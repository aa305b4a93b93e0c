import { paths } from "#components/paths.ts";
import { mostPictureBytes } from "#server/domain/picture.ts";

export interface KeptPicture {
  id: string;
  width: number;
  height: number;
}

const notTaken = "The picture could not be sent, so nothing was changed. Check the connection and try again.";

/** Sends a picture for a note of this service. Resolves with what is kept, or with what is wrong in words. */
export async function uploadPicture(slug: string, file: File): Promise<KeptPicture | { problem: string }> {
  if (file.size > mostPictureBytes) return { problem: "A picture has at most 1 MB: make it smaller." };
  try {
    const response = await fetch(paths.notePictures(slug), {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
    const answer = await response.json();
    return response.ok ? answer : { problem: answer.message };
  } catch {
    return { problem: notTaken };
  }
}
