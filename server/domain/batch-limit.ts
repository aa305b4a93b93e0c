/** How many calls of the API one request may hold: pages send fewer, and nobody may occupy the portal with one. */
export const batchLimit = 20;
