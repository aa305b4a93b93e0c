import { handlePictureUpload } from "#server/api/handle-picture-upload.ts";

export const dynamic = "force-dynamic";
export {
  handlePictureUpload as DELETE,
  handlePictureUpload as GET,
  handlePictureUpload as PATCH,
  handlePictureUpload as POST,
  handlePictureUpload as PUT,
};
