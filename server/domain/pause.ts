/** Longer, and clients give up by themselves. */
export const longestPauseSeconds = 30;

/** What a person can choose between. */
export const pauseChoices = [5, 10, 20, 30] as const;
