/** The choice that stands for no owner: ids are numbers. */
export const nobody = "nobody";
